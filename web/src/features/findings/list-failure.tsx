/** Above the rows: what was asked of them and was not done. */
import { ErrorState } from "@/ui/state";

type Failure = { error: unknown; retry: () => void } | null;

export function ListFailure({ change, range }: { change: Failure; range: Failure }) {
  const failure = change ?? range;
  if (failure === null) return null;
  return (
    <div className="border-b border-danger bg-danger-soft">
      <ErrorState
        title={change ? "The change was not saved" : "The rows between could not be read"}
        error={failure.error}
        onRetry={failure.retry}
      />
    </div>
  );
}
