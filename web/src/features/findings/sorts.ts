/** The few orders of the list. Apart from its page, since the route checks them before the page is loaded. */
export const SORTS = [
  { value: "-priority", label: "Priority" },
  { value: "-severity", label: "Severity" },
  { value: "-first_seen_at", label: "Newest" },
  { value: "first_seen_at", label: "Oldest" },
] as const;
export type Sort = (typeof SORTS)[number]["value"];
