/** The filter of a link that leads to a list. Apart from what takes filters to pieces: every page links, few read. */

export function quoted(value: string): string {
  return /[\s,"()]/.test(value) ? `"${value.replaceAll('"', "")}"` : value;
}

/** `key:value`, quoted when it must be: for links that lead to a filtered list. */
export function filterOf(key: string, ...values: string[]): string {
  return `${key}:${values.map(quoted).join(",")}`;
}
