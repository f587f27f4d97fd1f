/** All that a filter finds, as a file. */
export function exportOf(query: string, asOf?: string): string {
  return `/api/v1/findings/export?${new URLSearchParams({ q: query, ...(asOf && { as_of: asOf }) })}`;
}
