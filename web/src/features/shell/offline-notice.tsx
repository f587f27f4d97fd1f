/** Says that what is on screen may be old. */
import { useSyncExternalStore } from "react";

export function OfflineNotice() {
  const isOnline = useSyncExternalStore(
    (listener) => {
      window.addEventListener("online", listener);
      window.addEventListener("offline", listener);
      return () => {
        window.removeEventListener("online", listener);
        window.removeEventListener("offline", listener);
      };
    },
    () => navigator.onLine,
  );
  if (isOnline) return null;
  return (
    <p role="status" className="border-b border-warn bg-warn-soft px-5 py-1.5 text-strong">
      You are offline. What you see may be old, and nothing can be changed until the connection is back.
    </p>
  );
}
