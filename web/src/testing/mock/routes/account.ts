/** The mock's ways in and out, and what people say about their own account. */
import { fakeSession, fakeUser } from "@/testing/fakes";
import type { Memory } from "@/testing/mock/data";
import { found, page, Refusal, type Route } from "@/testing/mock/route";

const isSignedIn = (memory: Memory) => {
  memory.isSignedIn = true;
  return { user: fakeUser, csrf_token: "mock-csrf" };
};

export const ACCOUNT_ROUTES: Route[] = [
  ["GET", /^\/auth\/options$/, () => ({ signup: "invitation", environment: "development" })],
  [
    "POST",
    /^\/auth\/login$/,
    ({ memory, body }) => {
      if ((body as { password: string }).password.length < 4)
        throw new Refusal(401, "E-mail or password is wrong");
      return isSignedIn(memory);
    },
  ],
  [
    "POST",
    /^\/auth\/link$/,
    ({ memory, body }) => {
      if ((body as { token: string }).token === "used")
        throw new Refusal(
          401,
          "This link was already used",
          "Ask for a new one, or sign in with your password.",
        );
      return isSignedIn(memory);
    },
  ],
  [
    "POST",
    /^\/auth\/invitation$/,
    () => ({ email: "tomas@acme.example", organization: { name: "Acme" }, role: "member" }),
  ],
  [
    "POST",
    /^\/auth\/signup$/,
    ({ memory, body }) => {
      if ((body as { password: string }).password.length < 15)
        throw new Refusal(422, "The account was not made", null, [
          { pointer: "/password", message: "At least 15 characters." },
        ]);
      return isSignedIn(memory);
    },
  ],
  [
    "POST",
    /^\/auth\/logout$/,
    ({ memory }) => {
      memory.isSignedIn = false;
    },
  ],
  ["GET", /^\/auth\/me$/, ({ memory }) => fakeSession({ user: memory.user })],
  [
    "PATCH",
    /^\/auth\/me$/,
    ({ memory, body }) => {
      memory.user = { ...memory.user, ...(body as { name: string }) };
      return fakeSession({ user: memory.user });
    },
  ],
  [
    "POST",
    /^\/auth\/password$/,
    ({ body }) => {
      if ((body as { current_password: string }).current_password === "wrong")
        throw new Refusal(422, "The password was not changed", null, [
          { pointer: "/current_password", message: "This is not your present password." },
        ]);
    },
  ],
  ["GET", /^\/auth\/sessions$/, ({ memory, url }) => page(memory.sessions, url)],
  [
    "DELETE",
    /^\/auth\/sessions\/([^/]+)$/,
    ({ memory, params }) =>
      void memory.sessions.splice(memory.sessions.indexOf(found(memory.sessions, params[0])), 1),
  ],
];
