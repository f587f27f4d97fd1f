/** One report from this browser: sending, then what the server makes of it, then the result. */
import { CircleX, RotateCw, Upload as UploadIcon, X } from "lucide-react";
import { ApiProblem } from "@/api/problem";
import { formatBytes } from "@/lib/format";
import { Button, IconButton } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { Progress } from "@/ui/progress";
import { ScanCard } from "./scan-card";
import { dismissUpload, retryUpload, stopUpload, type Upload } from "./uploads";

export function UploadCard({ upload }: { upload: Upload }) {
  const { id, file, state, scan, sent, isInterrupted, error } = upload;
  if (scan) return <ScanCard scan={scan} onDismiss={() => dismissUpload(id)} />;
  if (state === "refused") {
    const mayWork =
      error instanceof ApiProblem &&
      (error.kind !== "refused" || error.status >= 500 || error.status === 429);
    return (
      <Panel className="grid gap-2.5 border-danger! px-4 py-3" label={`${file.name} was not received`}>
        <div className="flex items-center gap-3">
          <CircleX size={16} aria-hidden="true" className="text-danger" />
          <span
            dir="auto"
            className="min-w-0 flex-1 truncate text-left font-medium text-strong"
            title={file.name}
          >
            {file.name}
          </span>
          <span className="text-xs text-muted">{formatBytes(file.size)}</span>
        </div>
        <ProblemNote error={error} />
        {error instanceof ApiProblem && error.status === 415 && (
          <p className="text-xs text-muted">
            If the file is a report all the same, choose its format above, under “Asset, ref, format”.
          </p>
        )}
        <div className="flex items-center gap-2">
          <Button
            size="sm"
            onClick={() => retryUpload(id)}
            title={mayWork ? undefined : "The answer will be the same unless something changes on the server"}
          >
            <RotateCw size={14} />
            Send again
          </Button>
          <Button size="sm" look="quiet" onClick={() => dismissUpload(id)}>
            Remove
          </Button>
          <span className="ml-auto text-xs text-muted">No finding was changed.</span>
        </div>
      </Panel>
    );
  }
  return (
    <Panel className="grid gap-2.5 px-4 py-3" label={`Sending ${file.name}`}>
      <div className="flex items-center gap-3">
        <UploadIcon size={16} aria-hidden="true" className="text-muted" />
        <span className="min-w-0 flex-1">
          <span dir="auto" className="block truncate text-left font-medium text-strong" title={file.name}>
            {file.name}
          </span>
          <span className="num block text-xs text-muted">
            {isInterrupted
              ? `Interrupted at ${formatBytes(sent)} of ${formatBytes(file.size)} · it goes on by itself`
              : state === "waiting"
                ? `Waiting to be sent · ${formatBytes(file.size)}`
                : sent >= file.size
                  ? "Sent, the server is looking at it"
                  : `${formatBytes(sent)} of ${formatBytes(file.size)} sent`}
          </span>
        </span>
        <IconButton label={`Stop sending ${file.name}`} size="sm" onClick={() => stopUpload(id)}>
          <X size={15} />
        </IconButton>
      </div>
      <Progress label={`Sending ${file.name}`} value={file.size === 0 ? 0 : sent / file.size} />
    </Panel>
  );
}
