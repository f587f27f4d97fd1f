/** The mock's findings: lists and facets, triage of one and of many, comments, and the job that a change of many is. */
import type { Finding, FindingChange } from "@/api/types";
import { ago, fakeId, fakeUser } from "@/testing/fakes";
import { PEOPLE } from "@/testing/mock/catalog";
import { detailOf, type Memory } from "@/testing/mock/data";
import { facets, select, sorted } from "@/testing/mock/query";
import { found, page, Refusal, type Route } from "@/testing/mock/route";

function change(
  memory: Memory,
  finding: Finding,
  { triage, reason, assignee, severity }: FindingChange,
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
      return { job: { id, state: "accepted" } };
    },
  ],
  [
    "POST",
    /^\/findings\/bulk\/([^/]+)\/undo$/,
    ({ memory, params }) => {
      for (const before of BEFORE.get(params[0] ?? "") ?? [])
        Object.assign(found(memory.findings, before.id), before);
      return { job: { id: fakeId("job"), state: "accepted" } };
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
