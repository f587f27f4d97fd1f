/** Where a page broke: what happened, and the next step. */
import { useRouter } from "@tanstack/react-router";
import { ErrorState } from "@/ui/state";

export function BrokenPage({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <main id="main" className="grid min-h-[70vh] place-content-center">
      <ErrorState error={error} onRetry={() => router.invalidate()} />
    </main>
  );
}
