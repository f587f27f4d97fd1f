/** The two places where a path ends: nothing there, or something broke. Each says the next step. */
import { Link, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { Button, buttonStyle } from "@/ui/button";
import { ErrorState } from "@/ui/state";

export function NotFoundPage() {
  useEffect(() => {
    document.title = "Not found · Hauberk";
  }, []);
  return (
    <main id="main" className="grid min-h-[70vh] place-content-center justify-items-start gap-3 p-6">
      <h1 className="text-xl tracking-tight">There is nothing at this address</h1>
      <p className="max-w-[52ch] text-md leading-normal text-muted">
        It may have been removed, or it belongs to an organization that you are not in.
      </p>
      <div className="flex gap-2">
        <Link to="/" className={buttonStyle({ look: "filled" })}>
          Go to the overview
        </Link>
        <Button onClick={() => history.back()}>Back</Button>
      </div>
    </main>
  );
}

export function BrokenPage({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <main id="main" className="grid min-h-[70vh] place-content-center">
      <ErrorState error={error} onRetry={() => router.invalidate()} />
    </main>
  );
}
