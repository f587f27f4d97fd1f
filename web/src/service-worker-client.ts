/** Registers the offline shell and offers the new version when there is one; nothing reloads by itself. */
import { showToast } from "@/ui/toast";

type ScriptUrlPolicy = { createScriptURL: (input: string) => string };
type TrustedTypes = { createPolicy: (name: string, rules: ScriptUrlPolicy) => ScriptUrlPolicy };

const WORKER = "/sw.js";

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
}
