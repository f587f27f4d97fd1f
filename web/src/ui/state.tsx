/** Empty, loading and broken: what will be here, what happened, and the next step. */
import { cx } from "class-variance-authority";
import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { ApiProblem } from "@/api/problem";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy-button";

export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx("block animate-late rounded-sm bg-active", className)} />;
}

/** Rows of the true height, after 150 ms, so that a quick answer never flickers. */
export function SkeletonRows({ count, height = "h-10" }: { count: number; height?: string }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: count }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike.
        <div key={row} className={cx("flex items-center gap-3 border-b border-faint px-4", height)}>
          <Skeleton className="size-3.5 rounded-full" />
          <Skeleton className={cx("h-3", ["w-2/5", "w-1/3", "w-1/2"][row % 3])} />
          <Skeleton className="ml-auto h-3 w-16" />
        </div>
      ))}
    </div>
  );
}

export function EmptyState({
  title,
  children,
  action,
  className,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cx("grid grid-cols-[minmax(0,1fr)] justify-items-start gap-2 px-4 py-6", className)}>
      <h2 className="text-lg tracking-tight">{title}</h2>
      {children !== undefined && (
        <div className="max-w-[60ch] text-md leading-normal text-muted">{children}</div>
      )}
      {action !== undefined && <div className="mt-2 flex w-full flex-wrap gap-2">{action}</div>}
    </div>
  );
}

export function ErrorState({
  error,
  onRetry,
  title,
}: {
  error: unknown;
  onRetry?: () => void;
  title?: string;
}) {
  const problem = error instanceof ApiProblem ? error : null;
  return (
    <div role="alert" className="grid grid-cols-[minmax(0,1fr)] justify-items-start gap-1.5 px-4 py-6">
      <h2 className="text-lg tracking-tight">{title ?? problem?.title ?? "This part of the page broke"}</h2>
      <p className="max-w-[60ch] text-md leading-normal text-default">
        {title && problem ? `${problem.title}. ` : ""}
        {problem?.detail ??
          (problem
            ? ""
            : "Nothing was changed. Reload the page; if it happens again, report it with what you did.")}
      </p>
      {problem?.errors.map((each) => (
        <p key={each.pointer + each.message} className="text-default">
          {each.message} <span className="font-mono text-xs text-muted">{each.pointer}</span>
        </p>
      ))}
      {problem?.requestId && (
        <p className="flex items-center gap-1 text-xs text-muted">
          Request <code className="font-mono">{problem.requestId}</code>
          <CopyButton text={problem.requestId} label="Copy the request id" />
        </p>
      )}
      {problem?.status === 404 ? (
        <Button onClick={() => history.back()} className="mt-2">
          Back
        </Button>
      ) : (
        onRetry && (
          <Button onClick={onRetry} className="mt-2">
            <RotateCw size={15} />
            Try again
          </Button>
        )
      )}
    </div>
  );
}
