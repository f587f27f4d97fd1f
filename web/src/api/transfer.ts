/** Requests that move many bytes: with progress, which only XMLHttpRequest can tell, and a way to stop them. */
import { addressOf, csrfHeader } from "@/api/client";
import { ApiProblem, type ProblemDocument, problemOf } from "@/api/problem";

export type Transfer = {
  method: "HEAD" | "PATCH" | "POST" | "DELETE";
  path: string;
  headers?: Record<string, string>;
  body?: XMLHttpRequestBodyInit;
  onProgress?: (sent: number, total: number) => void;
  signal: AbortSignal;
};

function parsed(text: string): ProblemDocument {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

export const stopped = () => new DOMException("Stopped", "AbortError");

/** The answered request; whatever is no success is thrown as ApiProblem. */
export function transfer({
  method,
  path,
  headers,
  body,
  onProgress,
  signal,
}: Transfer): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(stopped());
    const request = new XMLHttpRequest();
    request.open(method, addressOf(path));
    for (const [name, value] of Object.entries({
      Accept: "application/json",
      ...csrfHeader(),
      ...headers,
    }))
      request.setRequestHeader(name, value);
    if (onProgress)
      request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve(request);
      else
        reject(
          problemOf(
            request.status,
            parsed(request.responseText),
            request.getResponseHeader("x-request-id"),
            request.getResponseHeader("retry-after"),
          ),
        );
    });
    request.addEventListener("error", () => reject(ApiProblem.unreachable()));
    request.addEventListener("abort", () => reject(stopped()));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body ?? null);
  });
}
