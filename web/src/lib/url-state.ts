/** The address holds the state, in words a person can read and edit: ?q=severity:critical,high+is:open */

export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function formatSearch(state: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(state))
    if (value !== undefined && value !== null) search.set(key, String(value));
  const text = search.toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/");
  return text === "" ? "" : `?${text}`;
}

/** One of the allowed words, or nothing: for validateSearch. */
export function oneOf<Value extends string>(value: unknown, allowed: readonly Value[]): Value | undefined {
  return allowed.find((each) => each === value);
}

/** The address leaves out what is meant without it, the first of the words. */
export function unlessFirst<Value extends string>(
  value: Value,
  allowed: readonly Value[],
): Value | undefined {
  return value === allowed[0] ? undefined : value;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A path on this site, or the start page: a link may not send a person who signs in elsewhere. */
export function safePath(value: unknown): string {
  return typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : "/";
}
