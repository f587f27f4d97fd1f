/** Makes jsdom enough of a browser for the pages: sizes, media queries, and the mock server behind every request. */
import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { setCsrfToken } from "@/api/client";
import { setPreference } from "@/lib/preferences";
import { createMockApi } from "@/testing/mock/api";
import { createMemory, type Memory } from "@/testing/mock/data";

// Pages load their code when they are shown, which takes its time on a busy machine.
configure({ asyncUtilTimeout: 20_000 });

export const server = setupServer();
let memory: Memory;

export function mockMemory(): Memory {
  return memory;
}

function setWidth(width: number): void {
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

beforeAll(() => {
  server.listen({ onUnhandledRequest: "error" });
  Object.defineProperties(HTMLElement.prototype, {
    offsetHeight: { configurable: true, get: () => 600 },
    clientHeight: { configurable: true, get: () => 600 },
    clientWidth: { configurable: true, get: () => 900 },
    offsetWidth: { configurable: true, get: () => 900 },
  });
  Element.prototype.scrollTo = () => undefined;
  window.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
  Element.prototype.hasPointerCapture = () => false;
});

beforeEach(() => {
  memory = createMemory(140);
  memory.isSignedIn = true;
  const api = createMockApi(memory);
  const answer = async ({ request }: { request: Request }) => {
    const response = await api.handle(request);
    return new HttpResponse(response.body, { status: response.status, headers: response.headers });
  };
  server.use(http.all("*/api/v1/*", answer), http.all("*/health", answer));
  setWidth(1440);
  setCsrfToken("mock-csrf");
});

afterEach(() => {
  cleanup();
  server.resetHandlers();
  vi.unstubAllGlobals();
  localStorage.clear();
  sessionStorage.clear();
  setPreference("theme", "system");
  setPreference("density", "comfortable");
  setPreference("singleKeys", "on");
});

afterAll(() => server.close());

export { setWidth };
