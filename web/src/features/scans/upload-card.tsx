/** One report from this browser: sending, then what the server makes of it, then the result. */
import { Upload as UploadIcon, X } from "lucide-react";
import { formatBytes } from "@/lib/format";
import { IconButton } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Progress } from "@/ui/progress";
import { RefusedCard } from "./refused-card";
import { ScanCard } from "./scan-card";
import { dismissUpload, stopUpload, type Upload } from "./uploads";

export function UploadCard({ upload }: { upload: Upload }) {
  const { id, file, state, scan, sent, isInterrupted } = upload;
  if (scan) return <ScanCard scan={scan} onDismiss={() => dismissUpload(id)} />;
  if (state === "refused") return <RefusedCard upload={upload} />;
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
