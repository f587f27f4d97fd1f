import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { registerServiceWorker } from "@/service-worker-client";
import { shownToasts } from "@/ui/toast";

const HOUR = 3_600_000;

function fakeWorkers() {
  const active = { postMessage: vi.fn() };
  const registration = Object.assign(new EventTarget(), {
    active,
    waiting: null as EventTarget | null,
    installing: null as EventTarget | null,
    update: vi.fn(async () => undefined),
  });
  const container = Object.assign(new EventTarget(), {
    controller: {},
    ready: Promise.resolve(registration),
    register: vi.fn(async () => registration),
  });
  vi.stubGlobal("navigator", { serviceWorker: container });
  return { registration, active };
}

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => vi.useRealTimers());

it("looks for another version when somebody comes back to a tab that was open for long", async () => {
  const { registration } = fakeWorkers();
  await registerServiceWorker();
  const comeBack = () => document.dispatchEvent(new Event("visibilitychange"));
  comeBack();
  expect(registration.update).not.toHaveBeenCalled();
  vi.setSystemTime(Date.now() + HOUR);
  comeBack();
  comeBack();
  expect(registration.update).toHaveBeenCalledOnce();
});

it("has the code of the other pages kept once this one is at rest", async () => {
  const { active } = fakeWorkers();
  await registerServiceWorker();
  expect(active.postMessage).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(active.postMessage).toHaveBeenCalledExactlyOnceWith("keep");
});

it("offers a new version, and reloads only when it is asked for", async () => {
  const { registration } = fakeWorkers();
  await registerServiceWorker();
  const installing = Object.assign(new EventTarget(), { state: "installed", postMessage: vi.fn() });
  registration.installing = installing;
  registration.dispatchEvent(new Event("updatefound"));
  installing.dispatchEvent(new Event("statechange"));
  const toast = shownToasts().at(-1);
  expect(toast?.text).toBe("A new version is ready");
  expect(installing.postMessage).not.toHaveBeenCalled();
  toast?.action?.run();
  expect(installing.postMessage).toHaveBeenCalledWith("activate");
});
