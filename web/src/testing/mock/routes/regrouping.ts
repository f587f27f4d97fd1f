/** The mock's explanations, joins and splits: what the server tells of why a finding is one, kept in memory. */
import type { Explanation, FindingDetail, Regrouping } from "@/api/types";
import { ago, fakeId, fakeUser } from "@/testing/fakes";
import { detailOf, type Memory } from "@/testing/mock/data";
import { found, Refusal, type Route } from "@/testing/mock/route";

type Act = Regrouping & { kept: string };

const DISMISSED = new Set<string>();
const ACTS = new WeakMap<Memory, Act[]>();
const actsOf = (memory: Memory): Act[] => {
  const acts = ACTS.get(memory) ?? [];
  ACTS.set(memory, acts);
  return acts;
};

function explain(memory: Memory, finding: FindingDetail): Explanation {
  const code = { rule: finding.rule_id ?? "R1", path: finding.locations[0]?.path ?? null };
  const [identifier] = finding.identifiers;
  const component = finding.components[0];
  const inputs = component && identifier ? { package: component.name, identifier } : code;
  const key = { fingerprint: "9f".repeat(16), made_from: component ? "package" : "code", inputs };
  return {
    id: finding.id,
    occurrences: finding.occurrences
      .filter((occurrence) => occurrence.is_open)
      .map((occurrence, index) => ({
        ...occurrence,
        rule: finding.rule_id ?? "R1",
        keys: [key],
        matches:
          index === 0
            ? [
                {
                  at: ago(3),
                  pass_name: "code_edited",
                  reason:
                    "Same rule and file; the code is a little different, and nothing else there fits as well.",
                  was: { path: "src/pay.py", line: 40 },
                  now: { path: "src/pay.py", line: 44 },
                  similarity: 0.92,
                  rejected: [{ path: "src/pay.py", line: 90 }],
                },
              ]
            : [],
        regrouping: null,
      })),
    keys: [{ ...key, occurrences: [], added_by: null }],
    regroupings: actsOf(memory)
      .filter((act) => act.kept === finding.id)
      .toReversed(),
  };
}

function note(memory: Memory, kept: string, act: "join" | "split", other: string, reason: string | null) {
  actsOf(memory).push({
    id: fakeId("rgp"),
    kept,
    act,
    cause: "person",
    is_kept: true,
    other,
    reason,
    identifiers: [],
    by: { id: fakeUser.id, name: fakeUser.name },
    at: ago(0),
    undone_by: null,
    undone_at: null,
  });
}

export const REGROUPING_ROUTES: Route[] = [
  [
    "GET",
    /^\/findings\/([^/]+)\/explanation$/,
    ({ memory, params }) => explain(memory, detailOf(memory, found(memory.findings, params[0]))),
  ],
  [
    "GET",
    /^\/findings\/([^/]+)\/related$/,
    ({ memory, params }) => {
      const finding = found(memory.findings, params[0]);
      const other = memory.findings.find(
        (each) =>
          each.asset.id === finding.asset.id && each.kind !== finding.kind && each.presence === "active",
      );
      const key = `${finding.id} ${other?.id}`;
      const reasons = [
        { rule: "same_file_and_weakness", text: "Both are in the same file and name the same weakness." },
      ];
      const dismissed = { dismissed_at: DISMISSED.has(key) ? ago(0) : null, dismissed_by: null };
      return {
        items: other ? [{ ...other, location: other.locations[0] ?? null, reasons, ...dismissed }] : [],
      };
    },
  ],
  ...(["PUT", "DELETE"] as const).map(
    (method): Route => [
      method,
      /^\/findings\/([^/]+)\/related\/([^/]+)\/dismissal$/,
      ({ params }) => {
        const key = params.join(" ");
        if (method === "PUT") DISMISSED.add(key);
        else DISMISSED.delete(key);
      },
    ],
  ),
  [
    "POST",
    /^\/findings\/([^/]+)\/join$/,
    ({ memory, params, body }) => {
      const { findings, reason } = body as { findings: string[]; reason: string | null };
      const kept = found(memory.findings, params[0]);
      for (const id of findings) note(memory, kept.id, "join", found(memory.findings, id).id, reason);
      return detailOf(memory, kept);
    },
  ],
  [
    "POST",
    /^\/findings\/([^/]+)\/split$/,
    ({ memory, params, body }) => {
      const { reason } = body as { reason: string | null };
      const kept = found(memory.findings, params[0]);
      const made = { ...kept, id: fakeId("fnd") };
      memory.findings.push(made);
      note(memory, kept.id, "split", made.id, reason);
      return detailOf(memory, made);
    },
  ],
  [
    "POST",
    /^\/findings\/([^/]+)\/regroupings\/([^/]+)\/undo$/,
    ({ memory, params }) => {
      const act = actsOf(memory).find((each) => each.id === params[1]);
      if (!act) throw new Refusal(404, "There is nothing here");
      if (act.undone_at) throw new Refusal(409, "This was undone already");
      Object.assign(act, { undone_at: ago(0), undone_by: { id: fakeUser.id, name: fakeUser.name } });
      return detailOf(memory, found(memory.findings, params[0]));
    },
  ],
];
