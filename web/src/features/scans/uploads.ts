/** Reports on their way: kept outside the pages, so that going elsewhere does not stop them. Two are sent at a time. */
import { useSyncExternalStore } from "react";
import { IN_PIECES_FROM, uploadInPieces } from "@/api/resumable";
import type { Scan } from "@/api/types";
import { type UploadFields, uploadReport } from "@/api/upload";
import { announce } from "@/ui/live-region";

export type Upload = {
  id: string;
  file: File;
  fields: UploadFields;
  sent: number;
  /** The line is lost; it goes on by itself. */
  isInterrupted: boolean;
  state: "waiting" | "sending" | "accepted" | "refused";
  scan: Scan | null;
  error: unknown;
};

const AT_ONCE = 2;
const listeners = new Set<() => void>();
const stops = new Map<string, AbortController>();
let uploads: readonly Upload[] = [];

function update(next: readonly Upload[]): void {
  uploads = next;
  for (const listener of listeners) listener();
}

function change(id: string, part: Partial<Upload>): void {
  update(uploads.map((upload) => (upload.id === id ? { ...upload, ...part } : upload)));
}

/** The upload's id is its idempotency key: sent twice, it is one scan. */
function sendReport({ id, file, fields }: Upload, signal: AbortSignal): Promise<Scan> {
  if (file.size < IN_PIECES_FROM)
    return uploadReport(file, fields, id, (sent) => change(id, { sent }), signal);
  const onProgress = (sent: number, isInterrupted: boolean) =>
    change(id, Number.isNaN(sent) ? { isInterrupted } : { sent, isInterrupted });
  return uploadInPieces({ file, fields, onProgress, signal });
}

async function send(upload: Upload): Promise<void> {
  const stop = new AbortController();
  stops.set(upload.id, stop);
  change(upload.id, { state: "sending", sent: 0, isInterrupted: false, error: null });
  try {
    const scan = await sendReport(upload, stop.signal);
    change(upload.id, { state: "accepted", sent: upload.file.size, scan });
    announce(`${upload.file.name} was received`);
  } catch (error) {
    if (stop.signal.aborted) dismissUpload(upload.id);
    else {
      change(upload.id, { state: "refused", error });
      announce(`${upload.file.name} was refused`);
    }
  } finally {
    stops.delete(upload.id);
    sendNext();
  }
}

function sendNext(): void {
  const room = AT_ONCE - uploads.filter((upload) => upload.state === "sending").length;
  for (const upload of uploads.filter((each) => each.state === "waiting").slice(0, Math.max(0, room)))
    void send(upload);
}

export function startUploads(files: Iterable<File>, fields: UploadFields): void {
  const added = [...files].map(
    (file): Upload => ({
      id: crypto.randomUUID(),
      file,
      fields,
      sent: 0,
      isInterrupted: false,
      state: "waiting",
      scan: null,
      error: null,
    }),
  );
  update([...added, ...uploads]);
  sendNext();
}

/** With what was said about it since, if anything; nothing was kept under its id, so it stays the same. */
export function retryUpload(id: string, fields?: UploadFields): void {
  change(id, { state: "waiting", error: null, ...(fields && { fields }) });
  sendNext();
}

export function stopUpload(id: string): void {
  const stop = stops.get(id);
  if (stop) stop.abort();
  else dismissUpload(id);
}

export function dismissUpload(id: string): void {
  update(uploads.filter((upload) => upload.id !== id));
}

export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => uploads,
  );
}
