/** Registers the offline shell and offers the new version when there is one; nothing reloads by itself. */
import { showToast } from "@/ui/toast";

type ScriptUrlPolicy = { createScriptURL: (input: string) => string };
type TrustedTypes = { createPolicy: (name: string, rules: ScriptUrlPolicy) => ScriptUrlPolicy };

const WORKER = "/sw.js";
const LOOK_AGAIN = 3_600_000;
const KEEP_AFTER = 5_000;

/** The only script address this app ever makes from a string; the content policy asks for it to be a trusted one. */
function workerUrl(): string {
  const rules = {
    createScriptURL: (input: string) => {
      if (input !== WORKER) throw new TypeError("Not the service worker");
      return input;
    },
  };
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
  return (trustedTypes?.createPolicy("hauberk", rules) ?? rules).createScriptURL(WORKER);
}

function offer(worker: ServiceWorker): void {
  showToast({
    text: "A new version is ready",
    isSticky: true,
    action: {
      label: "Reload",
      run: () => {
        navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
        worker.postMessage("activate");
      },
    },
  });
}

/** A tab may stay open for weeks, and the browser looks for another version only where a page is loaded. */
function lookAgain(registration: ServiceWorkerRegistration): void {
  let looked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - looked < LOOK_AGAIN) return;
    looked = Date.now();
    void registration.update().catch(() => undefined);
  });
}

/** When the page has come to rest, and unless the person pays for each byte. */
function keepRest(): void {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (connection?.saveData) return;
  void navigator.serviceWorker.ready.then(({ active }) =>
    setTimeout(() => active?.postMessage("keep"), KEEP_AFTER),
  );
}

export async function registerServiceWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(workerUrl()).catch(() => null);
  if (!registration) return;
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed" && navigator.serviceWorker.controller) offer(installing);
    });
  });
  lookAgain(registration);
  keepRest();
}
