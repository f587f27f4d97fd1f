/** Sends one report with upload progress, which only XMLHttpRequest can tell. */
import { addressOf, csrfHeader } from "@/api/client";
import { ApiProblem, type ProblemDocument, problemOf } from "@/api/problem";
import type { Scan } from "@/api/types";

export type UploadFields = {
  asset?: string;
  ref?: string;
  format?: string;
  scope?: string;
  partial?: boolean;
  dry_run?: boolean;
};

function parsed(text: string): ProblemDocument {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

export function uploadReport(
  file: File,
  fields: UploadFields,
  idempotencyKey: string,
  onProgress: (sent: number, total: number) => void,
  signal: AbortSignal,
): Promise<Scan> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, String(value));
  form.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", addressOf("/scans"));
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Idempotency-Key", idempotencyKey);
    for (const [name, value] of Object.entries(csrfHeader())) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText));
      else
        reject(
          problemOf(request.status, parsed(request.responseText), request.getResponseHeader("x-request-id")),
        );
    });
    request.addEventListener("error", () => reject(ApiProblem.unreachable()));
    request.addEventListener("abort", () => reject(new DOMException("Stopped", "AbortError")));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}
