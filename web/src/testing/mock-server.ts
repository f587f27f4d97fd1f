/** The server behind every request of a test, and the width of its window. The files of a run share it; each test gets it fresh. */
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { vi } from "vitest";
import { createMockApi } from "./mock/api";
import { createMemory, type Memory } from "./mock/data";

export const server = setupServer();
let memory: Memory;

export function mockMemory(): Memory {
  return memory;
}

export function serveAnew(): void {
  memory = createMemory(140);
  memory.isSignedIn = true;
  const api = createMockApi(memory);
  const answer = async ({ request }: { request: Request }) => {
    const response = await api.handle(request);
    return new HttpResponse(response.body, { status: response.status, headers: response.headers });
  };
  server.use(http.all("*/api/v1/*", answer), http.all("*/health", answer));
}

export function setWidth(width: number): void {
  vi.stubGlobal("matchMedia", (query: string) => {
    const least = /min-width: (\d+)px/.exec(query)?.[1];
    return {
      matches: least !== undefined && width >= Number(least),
      media: query,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    };
  });
}
