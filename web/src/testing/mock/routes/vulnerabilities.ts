/** The mock's vulnerabilities, counted from its findings. */
import type { AliasStatement } from "@/api/types";
import { ago, fakeUser } from "@/testing/fakes";
import { select } from "@/testing/mock/query";
import { found, page, type Route } from "@/testing/mock/route";
import { vulnerabilities } from "@/testing/mock/views";

const STATEMENTS = new Map<string, AliasStatement[]>();

export const VULNERABILITY_ROUTES: Route[] = [
  [
    "GET",
    /^\/vulnerabilities$/,
    ({ memory, url }) => page(vulnerabilities(memory, url.searchParams.get("q") ?? ""), url),
  ],
  [
    "GET",
    /^\/vulnerabilities\/([^/]+)$/,
    ({ memory, params }) => {
      const one = found(vulnerabilities(memory, ""), params[0]);
      const counts = new Map<string, { id: string; name: string; open_findings: number }>();
      for (const finding of select(memory.findings, `vulnerability:${one.id} is:open`)) {
        const entry = counts.get(finding.asset.id) ?? { ...finding.asset, open_findings: 0 };
        counts.set(finding.asset.id, { ...entry, open_findings: entry.open_findings + 1 });
      }
      const told = STATEMENTS.get(one.id) ?? [];
      return {
        ...one,
        aliases: told.filter((each) => each.is_same).map((each) => each.alias),
        statements: told,
        description: "A crafted input is evaluated where it should only be logged.",
        references: one.identifiers.map((id) => `https://nvd.nist.gov/vuln/detail/${id}`),
        assets: [...counts.values()],
      };
    },
  ],
  [
    "POST",
    /^\/vulnerabilities\/([^/]+)\/aliases$/,
    ({ memory, params, body }) => {
      const one = found(vulnerabilities(memory, ""), params[0]);
      const { name, is_same } = body as { name: string; is_same: boolean };
      const others = (STATEMENTS.get(one.id) ?? []).filter((each) => each.alias !== name);
      const statement: AliasStatement = {
        name: one.name,
        alias: name,
        is_same,
        asserter_kind: "person",
        asserter: fakeUser.name,
        reason: null,
        asserted_at: ago(0),
      };
      STATEMENTS.set(one.id, [statement, ...others]);
      return one;
    },
  ],
];
