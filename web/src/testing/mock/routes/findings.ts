/** The mock's findings: lists and facets, triage of one and of many, comments, and the job that a change of many is. */
import type { BulkChangeMade } from "@/api/bulk-types";
import type { Finding, FindingChange } from "@/api/types";
import { ago, fakeId, fakeUser } from "@/testing/fakes";
import { PEOPLE } from "@/testing/mock/catalog";
import { detailOf, type Memory } from "@/testing/mock/data";
import { facets, select, sorted } from "@/testing/mock/query";
import { found, page, Refusal, type Route } from "@/testing/mock/route";

function change(
  memory: Memory,
  finding: Finding,
  { triage, reason, assignee, severity, add_tags = [], remove_tags = [] }: FindingChange,
): void {
  if ((triage === "false_positive" || triage === "risk_accepted") && !reason)
    throw new Refusal(422, "This needs a reason", null, [
      { pointer: "/reason", message: "Say why in a few words." },
    ]);
  if (triage !== undefined) Object.assign(finding, { triage, triage_reason: reason ?? null });
  if (assignee !== undefined)
    finding.assignee =
      assignee === null
        ? null
        : (PEOPLE.find((person) => person.id === assignee) ?? { id: fakeUser.id, name: fakeUser.name });
  if (severity) finding.severity = severity;
  finding.tags = [...new Set([...finding.tags.filter((tag) => !remove_tags.includes(tag)), ...add_tags])];
  const entry = {
    id: fakeId("evt"),
    at: ago(0),
    actor: { id: fakeUser.id, name: fakeUser.name },
    action: triage ? "triage_changed" : "changed",
    detail: { triage, reason },
  };
  memory.history.set(finding.id, [...(memory.history.get(finding.id) ?? []), entry]);
}

/** What changes of many found, by their jobs. */
const BEFORE = new Map<string, Finding[]>();
const MADE: BulkChangeMade[] = [];

const made = (id: string, count: number, rest: Partial<BulkChangeMade>): BulkChangeMade => ({
  id,
  state: "done",
  created_at: ago(0),
  finished_at: ago(0),
  made_by: fakeUser.name,
  change: null,
  q: null,
  selected: count,
  changed: count,
  kept: null,
  undoes: null,
  undone_by: null,
  can_undo: true,
  ...rest,
});

/** How a finding was changed, where it is otherwise now than the change left it. */
const isAsLeft = (memory: Memory, { change: said }: BulkChangeMade, before: Finding) =>
  !said?.triage || found(memory.findings, before.id).triage === said.triage;

export const FINDING_ROUTES: Route[] = [
  [
    "GET",
    /^\/findings$/,
    ({ memory, url }) =>
      page(
        sorted(
          select(memory.findings, url.searchParams.get("q") ?? ""),
          url.searchParams.get("sort") ?? "-priority",
        ),
        url,
      ),
  ],
  [
    "GET",
    /^\/findings\/facets$/,
    ({ memory, url }) => facets(memory.findings, url.searchParams.get("q") ?? ""),
  ],
  [
    "POST",
    /^\/findings\/bulk$/,
    ({ memory, body }) => {
      const { ids, q, change: wanted } = body as { ids?: string[]; q?: string; change: FindingChange };
      const selected = ids ? ids.map((id) => found(memory.findings, id)) : select(memory.findings, q ?? "");
      const id = fakeId("job");
      BEFORE.set(id, structuredClone(selected));
      for (const finding of selected) change(memory, finding, wanted);
      const named = (["triage", "duplicate_of", "assignee", "severity"] as const).filter(
        (each) => each in wanted,
      );
      const { add_tags = [], remove_tags = [] } = wanted;
      const isTagging = add_tags.length + remove_tags.length > 0;
      const sets = [...named, ...(isTagging ? (["tags"] as const) : [])];
      const said = {
        sets,
        triage: wanted.triage ?? null,
        reason: wanted.reason ?? null,
        duplicate_of: null,
        assignee: PEOPLE.find((person) => person.id === wanted.assignee) ?? null,
        severity: wanted.severity ?? null,
        severity_reason: null,
        add_tags,
        remove_tags,
      };
      MADE.unshift(made(id, selected.length, { change: said, q: q ?? null }));
      return { job: { id, state: "accepted" } };
    },
  ],
  [
    "POST",
    /^\/findings\/bulk\/([^/]+)\/undo$/,
    ({ memory, params }) => {
      const id = fakeId("job");
      const undone = MADE.find((each) => each.id === params[0]);
      const all = BEFORE.get(params[0] ?? "") ?? [];
      const changed = all.filter((before) => undone && isAsLeft(memory, undone, before));
      for (const before of changed) Object.assign(found(memory.findings, before.id), before);
      if (undone) Object.assign(undone, { can_undo: false, undone_by: id });
      MADE.unshift(
        made(id, changed.length, { undoes: params[0], kept: all.length - changed.length, can_undo: false }),
      );
      return { job: { id, state: "accepted" } };
    },
  ],
  ["GET", /^\/findings\/bulk$/, ({ url }) => page(MADE, url)],
  [
    "GET",
    /^\/findings\/bulk\/([^/]+)\/standing$/,
    ({ memory, params }) => {
      const standing = MADE.find((each) => each.id === params[0]);
      const all = BEFORE.get(params[0] ?? "") ?? [];
      const count = all.filter((before) => standing && isAsLeft(memory, standing, before)).length;
      return { would_undo: count, changed_since: all.length - count };
    },
  ],
  [
    "GET",
    /^\/findings\/([^/]+)$/,
    ({ memory, params }) => detailOf(memory, found(memory.findings, params[0])),
  ],
  [
    "PATCH",
    /^\/findings\/([^/]+)$/,
    ({ memory, params, body }) => {
      const finding = found(memory.findings, params[0]);
      change(memory, finding, body as FindingChange);
      return detailOf(memory, finding);
    },
  ],
  [
    "POST",
    /^\/findings\/([^/]+)\/comments$/,
    ({ memory, params, body }) => {
      const comment = {
        id: fakeId("cmt"),
        author: { id: fakeUser.id, name: fakeUser.name },
        body: (body as { body: string }).body,
        created_at: ago(0),
      };
      const id = params[0] ?? "";
      memory.comments.set(id, [...(memory.comments.get(id) ?? []), comment]);
      return comment;
    },
  ],
  [
    "GET",
    /^\/jobs\/([^/]+)$/,
    ({ params }) => ({
      id: params[0],
      kind: "findings.bulk",
      state: "done",
      attempts: 1,
      max_attempts: 3,
      progress: { done: 3, total: 3 },
      error: null,
    }),
  ],
];
