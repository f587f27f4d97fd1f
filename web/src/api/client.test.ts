import { HttpResponse, http } from "msw";
import { describe, expect, it, vi } from "vitest";
import { api, setCsrfToken, whenSignedOut } from "@/api/client";
import { serverEvents } from "@/api/events";
import { ApiProblem } from "@/api/problem";
import { server } from "@/testing/mock-server";

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("It did not fail"),
    (error: unknown) => error,
  );

describe("the client", () => {
  it("turns a problem document into one error with the id to quote and each field's message", async () => {
    const body = {
      title: "The filter cannot be read",
      status: 422,
      detail: "Unknown key",
      request_id: "req_7",
      errors: [{ pointer: "/q", message: "There is no key “sevrity”" }],
    };
    server.use(
      http.get("*/api/v1/findings", () =>
        HttpResponse.json(body, { status: 422, headers: { "content-type": "application/problem+json" } }),
      ),
    );
    const error = (await caught(api.get("/findings"))) as ApiProblem;
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({
      kind: "refused",
      status: 422,
      title: "The filter cannot be read",
      requestId: "req_7",
    });
    expect(error.for("q")).toBe("There is no key “sevrity”");
  });

  it("lets a decision arrive although its page was left", async () => {
    const sent = vi.spyOn(globalThis, "fetch").mockImplementation(async () => HttpResponse.json({}));
    await api.patch("/findings/f_1", { triage: "confirmed" });
    await api.patch("/mappings/m_1", { spec: {} });
    await api.get("/findings");
    expect(sent.mock.calls.map(([, options]) => options?.keepalive)).toEqual([true, false, false]);
    sent.mockRestore();
  });

  it("shows marks that turn the direction of text, which would make one name read as another", async () => {
    server.use(
      http.get("*/api/v1/findings/one", () => HttpResponse.json({ title: "\u202egnp.exe\u202c ليلى" })),
    );
    expect(await api.get("/findings/one")).toEqual({ title: "[U+202E]gnp.exe[U+202C] ليلى" });
  });

  it("says what a proxy's HTML error is, with the id from its header", async () => {
    server.use(
      http.get(
        "*/api/v1/findings",
        () => new HttpResponse("<h1>Bad gateway</h1>", { status: 502, headers: { "x-request-id": "req_8" } }),
      ),
    );
    expect(await caught(api.get("/findings"))).toMatchObject({
      status: 502,
      title: "The server answered 502",
      requestId: "req_8",
    });
  });

  it("says when nobody answers", async () => {
    server.use(http.get("*/api/v1/findings", () => HttpResponse.error()));
    expect(await caught(api.get("/findings"))).toMatchObject({ kind: "unreachable" });
  });

  it("gives up after its time limit, and says so", async () => {
    const limit = new AbortController();
    vi.spyOn(AbortSignal, "timeout").mockReturnValue(limit.signal);
    server.use(http.get("*/api/v1/findings", () => new Promise<never>(() => undefined)));
    const asked = caught(api.get("/findings"));
    limit.abort(new DOMException("Too late", "TimeoutError"));
    expect(await asked).toMatchObject({ kind: "timeout" });
    vi.restoreAllMocks();
  });

  it("sends the CSRF token with writes, never with reads", async () => {
    const seen: [string, string | null][] = [];
    server.use(
      http.all("*/api/v1/tokens", ({ request }) => {
        seen.push([request.method, request.headers.get("x-csrf-token")]);
        return HttpResponse.json({});
      }),
    );
    setCsrfToken("secret");
    await api.get("/tokens");
    await api.post("/tokens", { name: "ci" });
    expect(seen).toEqual([
      ["GET", null],
      ["POST", "secret"],
    ]);
  });

  it("tells once that nobody is signed in any more", async () => {
    const signedOut = vi.fn();
    whenSignedOut(signedOut);
    server.use(
      http.get("*/api/v1/findings", () => HttpResponse.json({ title: "Sign in first" }, { status: 401 })),
    );
    await caught(api.get("/findings"));
    expect(signedOut).toHaveBeenCalledOnce();
  });
});

describe("server-sent events", () => {
  it("are read across chunk borders until the stream ends", async () => {
    const text = 'event: progress\ndata: {"n":1}\n\n: still here\n\nevent: finished\ndata: {"n":2}\n\n';
    const stream = new ReadableStream({
      start(controller) {
        for (const part of [text.slice(0, 21), text.slice(21, 40), text.slice(40)])
          controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    server.use(
      http.get(
        "*/api/v1/scans/scn_1/events",
        () => new HttpResponse(stream, { headers: { "content-type": "text/event-stream" } }),
      ),
    );
    const events = [];
    for await (const event of serverEvents("/scans/scn_1/events", new AbortController().signal))
      events.push(event);
    expect(events).toEqual([
      { event: "progress", data: { n: 1 } },
      { event: "finished", data: { n: 2 } },
    ]);
  });
});
