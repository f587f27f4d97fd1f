/** The mock server: the contract's routes over memory, as one function from request to response. Development and tests only. */
import { createMemory } from "@/testing/mock/data";
import { log } from "@/testing/mock/log";
import { QueryProblem } from "@/testing/mock/query";
import { FEEDS, READINESS } from "@/testing/mock/readiness";
import { Refusal, type Route } from "@/testing/mock/route";
import { ACCOUNT_ROUTES } from "@/testing/mock/routes/account";
import { ASSET_ROUTES } from "@/testing/mock/routes/assets";
import { AUDIT_ROUTES } from "@/testing/mock/routes/audit";
import { COMPONENT_ROUTES } from "@/testing/mock/routes/components";
import { FINDING_ROUTES } from "@/testing/mock/routes/findings";
import { MAPPING_ROUTES } from "@/testing/mock/routes/mappings";
import { PEOPLE_ROUTES } from "@/testing/mock/routes/people";
import { POLICY_ROUTES } from "@/testing/mock/routes/policies";
import { REGROUPING_ROUTES } from "@/testing/mock/routes/regrouping";
import { SCAN_ROUTES } from "@/testing/mock/routes/scans";
import { VIEW_ROUTES } from "@/testing/mock/routes/views";
import { VULNERABILITY_ROUTES } from "@/testing/mock/routes/vulnerabilities";
import { dashboard } from "@/testing/mock/views";

/** The first that matches answers. */
const ROUTES: Route[] = [
  ...ACCOUNT_ROUTES,
  ["GET", /^\/dashboard$/, ({ memory }) => dashboard(memory)],
  ...REGROUPING_ROUTES,
  ...VIEW_ROUTES,
  ...FINDING_ROUTES,
  ...MAPPING_ROUTES,
  ...POLICY_ROUTES,
  ...VULNERABILITY_ROUTES,
  ...COMPONENT_ROUTES,
  ...SCAN_ROUTES,
  ...ASSET_ROUTES,
  ...PEOPLE_ROUTES,
  ...AUDIT_ROUTES,
  ["GET", /^\/readiness$/, () => READINESS],
  ["GET", /^\/feeds$/, () => ({ feeds: FEEDS })],
  ["GET", /^\/logs$/, () => log()],
  ["POST", /^\/readiness\/reports$/, () => READINESS],
  ["GET", /^\/readiness\/reports$/, () => ({ items: [], next_cursor: null, total: 0, total_is_exact: true })],
];

const REQUEST_ID = "req_01mock7f3k2q";

function problem({
  status,
  title,
  detail,
  errors,
  type = "about:blank",
}: Pick<Refusal, "status" | "title" | "detail" | "errors" | "type">): Response {
  return new Response(JSON.stringify({ type, title, status, detail, request_id: REQUEST_ID, errors }), {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

export function createMockApi(memory = createMemory()) {
  async function handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.replace(/^\/api\/v1/, "");
    if (url.pathname === "/health")
      return Response.json({ state: "ok", version: "0.1.0", degraded: [], checks: {} });
    if (!memory.isSignedIn && !/^\/auth\/(login|link|options|signup|invitation)$/.test(path))
      return problem({ status: 401, title: "Sign in first", detail: null });
    for (const [method, pattern, handler] of ROUTES) {
      const match = method === request.method ? pattern.exec(path) : null;
      if (!match) continue;
      try {
        const type = request.headers.get("content-type") ?? "";
        const form = type.startsWith("multipart/") ? await request.formData() : null;
        const body = type.includes("json") ? await request.json() : null;
        const answer = handler({ memory, url, body, form, params: match.slice(1).map(decodeURIComponent) });
        if (answer instanceof Response) return answer;
        if (answer === undefined) return new Response(null, { status: 204 });
        return Response.json(answer, { status: method === "POST" && /scans$|bulk$/.test(path) ? 202 : 200 });
      } catch (error) {
        if (error instanceof Refusal) return problem(error);
        if (error instanceof QueryProblem)
          return problem({
            status: 422,
            title: "The filter cannot be read",
            detail: error.message,
            errors: [{ pointer: "/q", message: error.message }],
          });
        throw error;
      }
    }
    return problem({ status: 404, title: "There is nothing here", detail: `${request.method} ${path}` });
  }
  return { handle, memory };
}
