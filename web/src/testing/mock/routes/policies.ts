/** The mock's policies: kept as they are sent; a preview counts three findings, one of them old. */
import type { Policy, PolicyPreview, PolicyTerms } from "@/features/policies/queries";
import { ago, fakeUser } from "@/testing/fakes";
import { found, page, Refusal, type Route } from "@/testing/mock/route";

let policies: Policy[] = [];
let made = 0;

export const forgetPolicies = () => {
  policies = [];
};

function kept(body: PolicyTerms & { name: string }, id: string, version: number): Policy {
  if (policies.some((each) => each.name === body.name && each.id !== id))
    throw new Refusal(409, "There is one of this name", `There is a policy “${body.name}” already.`);
  const { name, asset_tags, days, known_exploited_days } = body;
  return {
    id,
    name,
    asset_tags,
    days,
    known_exploited_days,
    position: 0,
    asset_count: asset_tags.length === 0 ? 2 : 1,
    version,
    updated_at: ago(0),
    updated_by: { id: fakeUser.id, name: fakeUser.name },
  };
}

function number() {
  policies = policies.map((each, place) => ({ ...each, position: place + 1 }));
}

function preview({ days }: PolicyTerms): PolicyPreview {
  return { assets: 2, findings: 3, due: days.high === null ? 0 : 3, overdue: (days.high ?? 99) < 10 ? 1 : 0 };
}

export const POLICY_ROUTES: Route[] = [
  ["GET", /^\/policies$/, ({ url }) => page(policies, url)],
  ["POST", /^\/policies\/preview$/, ({ body }) => preview(body as PolicyTerms)],
  [
    "POST",
    /^\/policies$/,
    ({ body }) => {
      const policy = kept(body as Policy, `pol_${++made}`, 1);
      policies = [...policies, policy];
      number();
      return policy;
    },
  ],
  [
    "PUT",
    /^\/policies\/order$/,
    ({ body }) => {
      policies = (body as { ids: string[] }).ids.map((id) => found(policies, id));
      number();
    },
  ],
  [
    "PUT",
    /^\/policies\/(pol_\d+)$/,
    ({ body, params: [id] }) => {
      const before = found(policies, id);
      const after = kept(body as Policy, before.id, before.version + 1);
      policies = policies.map((each) => (each.id === id ? after : each));
      number();
      return after;
    },
  ],
  [
    "DELETE",
    /^\/policies\/(pol_\d+)$/,
    ({ params: [id] }) => {
      found(policies, id);
      policies = policies.filter((each) => each.id !== id);
      number();
    },
  ],
];
