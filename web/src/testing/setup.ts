/** Makes happy-dom enough of a browser for the pages: sizes, media queries, and the mock server behind every request. */
import "@testing-library/jest-dom/vitest";
import { type Config, cleanup, configure, getConfig, prettyDOM } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { setCsrfToken } from "@/api/client";
import { setPreference } from "@/lib/preferences";
import { setPaletteOpen } from "@/ui/palette-state";
import { dropToast, shownToasts } from "@/ui/toast";
import { serveAnew, server, setWidth } from "./mock-server";

// Pages load their code when they are shown, which takes its time on a busy machine.
configure({ asyncUtilTimeout: 20_000 });

// While something is waited for, the page is not printed at each look that nobody reads, only at the last.
configure({
  getElementError: (message, container) => {
    const { _disableExpensiveErrorDiagnostics: isWaiting } = getConfig() as Config & Record<string, unknown>;
    const error = new Error(isWaiting ? (message ?? "") : `${message}\n\n${prettyDOM(container)}`);
    error.name = "TestingLibraryElementError";
    return error;
  },
});

beforeAll(() => {
  server.listen({ onUnhandledRequest: "error" });
  Object.defineProperties(HTMLElement.prototype, {
    offsetHeight: { configurable: true, get: () => 600 },
    clientHeight: { configurable: true, get: () => 600 },
    clientWidth: { configurable: true, get: () => 900 },
    offsetWidth: { configurable: true, get: () => 900 },
  });
  // What a browser's own style sheet says and happy-dom's does not: names are computed by it, and who is hidden.
  const style = document.createElement("style");
  style.textContent = `a, abbr, b, bdi, code, em, i, kbd, label, small, span, strong, svg, time { display: inline }
    [hidden] { display: none }`;
  document.head.replaceChildren(style);
  Element.prototype.scrollTo = () => undefined;
  window.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
  Element.prototype.hasPointerCapture = () => false;
});

beforeEach(() => {
  serveAnew();
  setWidth(1440);
  setCsrfToken("mock-csrf");
});

// What modules keep outlives the file that put it there, since all files share them.
afterEach(() => {
  cleanup();
  for (const toast of shownToasts()) dropToast(toast.id);
  setPaletteOpen(false);
  server.resetHandlers();
  vi.unstubAllGlobals();
  localStorage.clear();
  sessionStorage.clear();
  setPreference("theme", "system");
  setPreference("density", "comfortable");
  setPreference("singleKeys", "on");
});

afterAll(async () => {
  // Modules are shared with the next file: what was left half loaded could not be loaded there.
  await vi.dynamicImportSettled();
  server.close();
});
