/** `--mode mock`: the mock API behind the dev and preview servers, with the content policy of the real one. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Connect, Plugin } from "vite";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

type Handle = (request: Request) => Promise<Response>;

function asRequest(request: IncomingMessage): Request {
  const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  return new Request(new URL(request.url ?? "/", "http://localhost"), {
    method: request.method,
    headers,
    ...(hasBody ? { body: Readable.toWeb(request) as ReadableStream, duplex: "half" } : {}),
  } as RequestInit);
}

async function write(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body) for await (const chunk of answer.body) response.write(chunk);
  response.end();
}

function middleware(load: () => Promise<Handle>): Connect.NextHandleFunction {
  return (request, response, next) => {
    if (!/^\/(api\/|health)/.test(request.url ?? "")) return next();
    load()
      .then((handle) => handle(asRequest(request)))
      .then((answer) => write(answer, response))
      .catch(next);
  };
}

export function mockServer(): Plugin {
  return {
    name: "hauberk:mock-server",
    configureServer(server) {
      server.middlewares.use(
        middleware(async () => (await mockApi((id) => server.ssrLoadModule(id))).handle),
      );
    },
    async configurePreviewServer(server) {
      const { createServer } = await import("vite");
      const loader = await createServer({
        configFile: false,
        root: server.config.root,
        resolve: server.config.resolve,
        server: { middlewareMode: true, ws: false, watch: null },
        appType: "custom",
      });
      server.middlewares.use((_request, response, next) => {
        response.setHeader("content-security-policy", POLICY);
        next();
      });
      server.middlewares.use(
        middleware(async () => (await mockApi((id) => loader.ssrLoadModule(id))).handle),
      );
    },
  };
}

let kept: Promise<{ handle: Handle }> | null = null;

function mockApi(load: (id: string) => Promise<Record<string, unknown>>): Promise<{ handle: Handle }> {
  kept ??= load("/src/testing/mock/api.ts").then((module) =>
    (module.createMockApi as () => { handle: Handle })(),
  );
  return kept;
}
