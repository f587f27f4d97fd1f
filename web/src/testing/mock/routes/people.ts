/** Who and what may use the mock: people, their invitations, and tokens. */
import { ago, fakeId } from "@/testing/fakes";
import { found, page, type Route } from "@/testing/mock/route";

export const PEOPLE_ROUTES: Route[] = [
  ["GET", /^\/jobs$/, ({ url }) => page([], url)],
  ["GET", /^\/quarantine$/, ({ url }) => page([], url)],
  ["GET", /^\/service-accounts$/, ({ url }) => page([], url)],
  ["GET", /^\/tokens$/, ({ memory, url }) => page(memory.tokens, url)],
  [
    "POST",
    /^\/tokens$/,
    ({ memory, body }) => {
      const {
        name,
        scopes,
        expires_at = null,
      } = body as { name: string; scopes: string[]; expires_at?: string | null };
      const token = { id: fakeId("tok"), name, scopes, expires_at };
      memory.tokens.unshift({ ...token, created_at: ago(0), last_used_at: null, is_expired: false });
      return { ...token, token: "hbk_9f3kq2mock7example4only1token" };
    },
  ],
  [
    "DELETE",
    /^\/tokens\/([^/]+)$/,
    ({ memory, params }) =>
      void memory.tokens.splice(memory.tokens.indexOf(found(memory.tokens, params[0])), 1),
  ],
  ["GET", /^\/users$/, ({ memory, url }) => page(memory.members, url)],
  [
    "PATCH",
    /^\/users\/([^/]+)$/,
    ({ memory, params, body }) => Object.assign(found(memory.members, params[0]), body),
  ],
  ["GET", /^\/invitations$/, ({ memory, url }) => page(memory.invitations, url)],
  [
    "POST",
    /^\/invitations$/,
    ({ memory, body }) => {
      const invitation = {
        id: fakeId("inv"),
        ...(body as { email: string; role: "member" }),
        expires_at: ago(-7),
      };
      memory.invitations.unshift(invitation);
      return { ...invitation, url: "http://127.0.0.1:8000/invitation#token=mock-invitation" };
    },
  ],
  [
    "DELETE",
    /^\/invitations\/([^/]+)$/,
    ({ memory, params }) =>
      void memory.invitations.splice(memory.invitations.indexOf(found(memory.invitations, params[0])), 1),
  ],
];
