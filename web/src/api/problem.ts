/** The one error that leaves the API layer: what happened, and the id to quote. */

export type ProblemDocument = {
  type?: string;
  title?: string;
  status?: number;
  detail?: string | null;
  instance?: string;
  request_id?: string | null;
  errors?: { pointer: string; message: string }[];
};

export type ProblemKind = "refused" | "timeout" | "unreachable";

export class ApiProblem extends Error {
  readonly kind: ProblemKind;
  readonly status: number;
  readonly title: string;
  readonly detail: string | null;
  readonly requestId: string | null;
  /** Seconds after which the server would like to be asked again. */
  readonly retryAfter: number | null;
  readonly errors: { pointer: string; message: string }[];
  /** `urn:hauberk:problem:busy`: somebody else writes there just now; nothing was changed. */
  readonly type?: string;

  constructor(
    kind: ProblemKind,
    status: number,
    document: ProblemDocument,
    retryAfter: number | null = null,
  ) {
    const title = document.title ?? "The server refused this";
    super(document.detail ? `${title}. ${document.detail}` : title);
    this.name = "ApiProblem";
    this.kind = kind;
    this.status = status;
    this.title = title;
    this.detail = document.detail ?? null;
    this.requestId = document.request_id ?? null;
    this.retryAfter = retryAfter;
    this.errors = document.errors ?? [];
    this.type = document.type;
  }

  /** The message for one form field, by the last part of its pointer. */
  for(field: string): string | undefined {
    return this.errors.find((error) => error.pointer.split("/").at(-1) === field)?.message;
  }

  static timeout(): ApiProblem {
    return new ApiProblem("timeout", 0, {
      title: "The server took longer than 30 s",
      detail: "Try again; if it stays slow, narrow the filter.",
    });
  }

  static unreachable(): ApiProblem {
    return new ApiProblem("unreachable", 0, {
      title: "The server cannot be reached",
      detail: "Your connection or the server is down. Nothing was changed.",
    });
  }

  static async of(response: Response): Promise<ApiProblem> {
    const isJson = response.headers.get("content-type")?.includes("json");
    const document: ProblemDocument = isJson ? await response.json().catch(() => ({})) : {};
    return problemOf(
      response.status,
      document,
      response.headers.get("x-request-id"),
      response.headers.get("retry-after"),
    );
  }
}

export function problemOf(
  status: number,
  document: ProblemDocument,
  requestId: string | null,
  retryAfter: string | null = null,
): ApiProblem {
  const seconds = Number(retryAfter ?? Number.NaN);
  const told = {
    ...document,
    title: document.title ?? `The server answered ${status}`,
    request_id: document.request_id ?? requestId,
  };
  return new ApiProblem("refused", status, told, Number.isNaN(seconds) ? null : seconds);
}

export function isProblem(error: unknown, status?: number): error is ApiProblem {
  return error instanceof ApiProblem && (status === undefined || error.status === status);
}
