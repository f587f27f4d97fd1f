/** The only place that talks to the server: base path, CSRF header, time limit, and problems as ApiProblem. */
import { ApiProblem } from "@/api/problem";

const BASE = "/api/v1";
const TIME_LIMIT = 30_000;

type Query = Record<string, string | number | boolean | null | undefined>;
type Options = { query?: Query; body?: unknown; signal?: AbortSignal; idempotencyKey?: string };

let csrfToken: string | null = null;
let onSignedOut: () => void = () => undefined;

export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

export function csrfHeader(): Record<string, string> {
  return csrfToken === null ? {} : { "X-CSRF-Token": csrfToken };
}

/** Called when the server says that nobody is signed in any more. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

export function addressOf(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== "") search.set(key, String(value));
  const text = search.toString();
  return `${BASE}${path}${text === "" ? "" : `?${text}`}`;
}

/** Marks that turn the direction of what follows. Unseen, one of them makes "gnp.exe" read "exe.png", and a comment read as code. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/** What scanners and people wrote, with nothing in it that shows another order than is there. */
export const parsed = (json: string): unknown =>
  JSON.parse(json.replace(TURNING, (mark) => `[U+${mark.charCodeAt(0).toString(16).toUpperCase()}]`));

async function send<Answer>(method: string, path: string, options: Options = {}): Promise<Answer> {
  const limit = AbortSignal.timeout(TIME_LIMIT);
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") Object.assign(headers, csrfHeader());
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  let response: Response;
  try {
    response = await fetch(addressOf(path, options.query), {
      method,
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      credentials: "same-origin",
      // A decision arrives although its page was left; what may be larger than 64 KiB cannot.
      keepalive: method === "PATCH" && path.startsWith("/findings"),
      signal: options.signal ? AbortSignal.any([options.signal, limit]) : limit,
    });
  } catch (error) {
    if (limit.aborted) throw ApiProblem.timeout();
    if (options.signal?.aborted) throw error;
    throw ApiProblem.unreachable();
  }
  if (!response.ok) {
    const problem = await ApiProblem.of(response);
    if (response.status === 401 && !path.startsWith("/auth/")) onSignedOut();
    throw problem;
  }
  if (response.status === 204) return undefined as Answer;
  return parsed(await response.text()) as Answer;
}

export const api = {
  get: <Answer>(path: string, options?: Options) => send<Answer>("GET", path, options),
  post: <Answer>(path: string, body?: unknown, options?: Options) =>
    send<Answer>("POST", path, { ...options, body }),
  put: <Answer>(path: string, body?: unknown) => send<Answer>("PUT", path, { body }),
  patch: <Answer>(path: string, body?: unknown) => send<Answer>("PATCH", path, { body }),
  delete: (path: string, query?: Query) => send<void>("DELETE", path, { query }),
};
