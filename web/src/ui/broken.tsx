/** Where a page broke: what happened, and the next step. */
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { ErrorState } from "@/ui/state";

export function BrokenPage({ error }: { error: unknown }) {
  const router = useRouter();
  useEffect(() => {
    // Nobody is asked to press a button for what came back by itself.
    const again = () => void router.invalidate();
    window.addEventListener("online", again);
    return () => window.removeEventListener("online", again);
  }, [router]);
  return (
    <main id="main" className="grid min-h-[70vh] place-content-center">
      <ErrorState error={error} onRetry={() => router.invalidate()} />
    </main>
  );
}
