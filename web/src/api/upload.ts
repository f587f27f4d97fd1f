/** Sends one report in one request: for small files. Large ones go in pieces (`resumable`). */
import { transfer } from "@/api/transfer";
import type { Scan } from "@/api/types";

export type UploadFields = {
  asset?: string;
  ref?: string;
  format?: string;
  scope?: string;
  partial?: boolean;
  dry_run?: boolean;
};

export async function uploadReport(
  file: File,
  fields: UploadFields,
  idempotencyKey: string,
  onProgress: (sent: number, total: number) => void,
  signal: AbortSignal,
): Promise<Scan> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, String(value));
  form.append("file", file, file.name);
  const request = await transfer({
    method: "POST",
    path: "/scans",
    headers: { "Idempotency-Key": idempotencyKey },
    body: form,
    onProgress,
    signal,
  });
  return JSON.parse(request.responseText);
}
