/** The mock server: the contract's routes over memory, as one function from request to response. Development and tests only. */
import type { Asset, Finding, FindingChange, Scan } from "@/api/types";
import { parseFilter } from "@/lib/filter-query";
import { ago, fakeId, fakeScan, fakeSession, fakeUser } from "@/testing/fakes";
import { PEOPLE } from "@/testing/mock/catalog";
import { createMemory, detailOf, type Memory } from "@/testing/mock/data";
import { facets, QueryProblem, select, sorted } from "@/testing/mock/query";
import { READINESS } from "@/testing/mock/readiness";
import { bySeverity, dashboard, FORMATS, vulnerabilities } from "@/testing/mock/views";

type Context = { memory: Memory; url: URL; body: unknown; params: string[]; form: FormData | null };
type Handler = (context: Context) => unknown;

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string | null = null,
    readonly errors?: { pointer: string; message: string }[],
  ) {
    super(title);
  }
}

const page = <Item>(items: Item[], url: URL) => {
  const limit = Number(url.searchParams.get("limit") ?? 50);
  const offset = Number(url.searchParams.get("offset") ?? url.searchParams.get("cursor") ?? 0);
  const next = offset + limit < items.length ? String(offset + limit) : null;
  return {
    items: items.slice(offset, offset + limit),
    next_cursor: next,
    total: items.length,
    total_is_exact: true,
  };
};

function found<Item extends { id: string }>(items: Item[], id: string | undefined): Item {
  const item = items.find((each) => each.id === id);
  if (!item)
    throw new Refusal(
      404,
      "There is nothing here",
      `No ${id?.split("_")[0]} with this id, or you may not see it.`,
    );
  return item;
}

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

function upload({ memory, form }: Context): Scan {
  const file = form?.get("file");
  if (!(file instanceof File))
    throw new Refusal(422, "A report is missing", null, [
      { pointer: "/file", message: "Send the report in the part “file”." },
    ]);
  if (/\.(png|jpe?g|docx)$/i.test(file.name))
    throw new Refusal(
      415,
      "This is not a report that Hauberk reads",
      "The first bytes look like an image. Reports are JSON, XML or CSV.",
    );
  const name = String(form?.get("asset") ?? file.name.replace(/\..*$/, ""));
  const asset = memory.assets.find((each) => each.name === name);
  const scan = fakeScan({
    state: "running",
    file_name: file.name,
    size_bytes: file.size,
    accepted_at: ago(0),
    started_at: ago(0),
    finished_at: null,
    counts: null,
    asset: { id: asset?.id ?? fakeId("ast"), name },
    progress: {
      phase: "reading",
      findings_read: 0,
      bytes_read: 0,
      bytes_total: file.size,
      findings_per_second: null,
      eta_seconds: null,
    },
  });
  memory.scans.unshift(scan);
  return scan;
}

type AssetChange = Partial<Pick<Asset, "name" | "kind" | "default_ref" | "tags">> & {
  refs?: { name: string; is_tracked: boolean }[];
};

function changeAsset(memory: Memory, id: string | undefined, { refs = [], ...change }: AssetChange): Asset {
  const asset = found(memory.assets, id);
  if (memory.assets.some((other) => other !== asset && other.name === change.name))
    throw new Refusal(409, "The asset was not changed", "Another asset has this name.", [
      { pointer: "/name", message: "Choose another name." },
    ]);
  Object.assign(asset, change);
  asset.refs = asset.refs.map((ref) => ({ ...ref, ...refs.find((each) => each.name === ref.name) }));
  for (const finding of memory.findings)
    if (finding.asset.id === asset.id) finding.asset = { id: asset.id, name: asset.name };
  return counted(memory, asset);
}

function matchesAsset(asset: Asset, query: string): boolean {
  return parseFilter(query).every((token) => {
    if (token.type !== "key") return asset.name.includes(token.text);
    const own: Record<string, string[]> = {
      asset: [asset.name, asset.id],
      "asset.kind": [asset.kind],
      "asset.tag": asset.tags,
      scanner: asset.scanners,
    };
    const values = own[token.key];
    if (!values) throw new QueryProblem(`Assets are not filtered by “${token.key}”`);
    return token.values.some((value) => values.includes(value));
  });
}

/** The asset with what its findings say now. */
function counted(memory: Memory, asset: Asset): Asset {
  const open = select(memory.findings, "is:open").filter((finding) => finding.asset.id === asset.id);
  return { ...asset, open_findings: open.length, by_severity: bySeverity(open) };
}

const finish = (scan: Scan): Scan =>
  Object.assign(scan, {
    state: "done",
    progress: null,
    finished_at: ago(0),
    counts: {
      reported: 38,
      new: 6,
      unchanged: 30,
      moved: 1,
      changed: 0,
      reopened: 1,
      suppressed: 0,
      folded: 0,
      closed: 2,
      findings: { new: 5, reopened: 1, closed: 2 },
    },
  });

const isSignedIn = (memory: Memory) => {
  memory.isSignedIn = true;
  return { user: fakeUser, csrf_token: "mock-csrf" };
};

const ROUTES: [string, RegExp, Handler][] = [
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
  ["GET", /^\/dashboard$/, ({ memory }) => dashboard(memory)],
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
      for (const finding of ids
        ? ids.map((id) => found(memory.findings, id))
        : select(memory.findings, q ?? ""))
        change(memory, finding, wanted);
      return { job: { id: "job_bulk", state: "accepted" } };
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
      return {
        ...one,
        description: "A crafted input is evaluated where it should only be logged.",
        references: one.identifiers.map((id) => `https://nvd.nist.gov/vuln/detail/${id}`),
        assets: [...counts.values()],
      };
    },
  ],
  ["GET", /^\/formats$/, ({ url }) => page(FORMATS, url)],
  [
    "GET",
    /^\/scans$/,
    ({ memory, url }) =>
      page(
        memory.scans.filter(
          (scan) =>
            (url.searchParams.get("state") ?? scan.state).split(",").includes(scan.state) &&
            (url.searchParams.get("asset") ?? scan.asset?.id) === scan.asset?.id,
        ),
        url,
      ),
  ],
  ["POST", /^\/scans$/, upload],
  ["GET", /^\/scans\/([^/]+)$/, ({ memory, params }) => found(memory.scans, params[0])],
  [
    "GET",
    /^\/scans\/([^/]+)\/changes$/,
    ({ memory, url }) =>
      page(
        memory.findings.slice(0, 14).map((finding, index) => ({
          change: index % 3 === 2 ? "closed" : "new",
          reason: index % 3 === 2 ? "not in this report" : null,
          finding: { id: finding.id, title: finding.title, severity: finding.severity },
          title: finding.title,
          severity: finding.severity,
          location: finding.locations[0] ?? null,
        })),
        url,
      ),
  ],
  [
    "POST",
    /^\/scans\/([^/]+)\/(release|discard)$/,
    ({ memory, params }) => {
      const scan = found(memory.scans, params[0]);
      if (scan.state !== "held") throw new Refusal(409, "This scan is not held any more");
      if (scan.counts && params[1] === "release")
        scan.counts = { ...scan.counts, closed: scan.held?.would_close ?? 0 };
      return Object.assign(scan, {
        state: params[1] === "release" ? "done" : "cancelled",
        held: null,
        finished_at: ago(0),
      });
    },
  ],
  [
    "GET",
    /^\/assets$/,
    ({ memory, url }) =>
      page(
        memory.assets
          .filter((asset) => matchesAsset(asset, url.searchParams.get("q") ?? ""))
          .map((asset) => counted(memory, asset)),
        url,
      ),
  ],
  ["GET", /^\/assets\/([^/]+)$/, ({ memory, params }) => counted(memory, found(memory.assets, params[0]))],
  [
    "POST",
    /^\/assets$/,
    ({ memory, body }) => {
      const given = body as { name: string; kind?: string };
      if (memory.assets.some((asset) => asset.name === given.name))
        throw new Refusal(409, "The asset was not created", "Another asset has this name.", [
          { pointer: "/name", message: "Choose another name." },
        ]);
      const asset = {
        ...found(memory.assets, memory.assets[0]?.id),
        id: fakeId("ast"),
        refs: [],
        scanners: [],
        open_findings: 0,
        by_severity: {},
        last_scan_at: null,
        tags: [],
        created_at: ago(0),
        ...given,
      } as Memory["assets"][number];
      memory.assets.unshift(asset);
      return asset;
    },
  ],
  [
    "PATCH",
    /^\/assets\/([^/]+)$/,
    ({ memory, params, body }) => changeAsset(memory, params[0], body as AssetChange),
  ],
  [
    "DELETE",
    /^\/assets\/([^/]+)$/,
    ({ memory, url, params }) => {
      const asset = found(memory.assets, params[0]);
      if (url.searchParams.get("confirm") !== asset.name)
        throw new Refusal(422, "The asset was not deleted", "Its name has to be repeated to confirm.");
      memory.assets.splice(memory.assets.indexOf(asset), 1);
      memory.findings = memory.findings.filter((finding) => finding.asset.id !== asset.id);
    },
  ],
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
  ["GET", /^\/readiness$/, () => READINESS],
];

const REQUEST_ID = "req_01mock7f3k2q";

function problem({
  status,
  title,
  detail,
  errors,
}: Pick<Refusal, "status" | "title" | "detail" | "errors">): Response {
  return new Response(
    JSON.stringify({ type: "about:blank", title, status, detail, request_id: REQUEST_ID, errors }),
    { status, headers: { "content-type": "application/problem+json" } },
  );
}

function events(memory: Memory, id: string): Response {
  const scan = found(memory.scans, id);
  const text = new TextEncoder();
  let step = 0;
  const stream = new ReadableStream({
    async pull(controller) {
      const send = (event: string, data: unknown) =>
        controller.enqueue(text.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
      step += 1;
      await new Promise((resolve) => setTimeout(resolve, 120));
      if (step <= 8) {
        const phase = step < 6 ? "reading" : step < 7 ? "comparing" : "writing";
        const total = scan.size_bytes ?? 1;
        send("progress", {
          state: "running",
          progress: {
            phase,
            findings_read: Math.min(38, step * 8),
            bytes_read: Math.min(total, (total * step) / 5),
            bytes_total: total,
            findings_per_second: 64,
            eta_seconds: Math.max(0, 8 - step),
          },
        });
        return;
      }
      send("finished", finish(scan));
      controller.close();
    },
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream" } });
}

export function createMockApi(memory = createMemory()) {
  async function handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.replace(/^\/api\/v1/, "");
    if (url.pathname === "/health")
      return Response.json({ state: "ok", version: "0.1.0", degraded: [], checks: {} });
    if (!memory.isSignedIn && !/^\/auth\/(login|link|options|signup|invitation)$/.test(path))
      return problem({ status: 401, title: "Sign in first", detail: null });
    const stream = /^\/scans\/([^/]+)\/events$/.exec(path);
    if (stream?.[1]) return events(memory, stream[1]);
    for (const [method, pattern, handler] of ROUTES) {
      const match = method === request.method ? pattern.exec(path) : null;
      if (!match) continue;
      try {
        const type = request.headers.get("content-type") ?? "";
        const form = type.startsWith("multipart/") ? await request.formData() : null;
        const body = type.includes("json") ? await request.json() : null;
        const answer = handler({ memory, url, body, form, params: match.slice(1).map(decodeURIComponent) });
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
