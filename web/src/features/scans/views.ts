/** What of a scan is looked at besides its result; apart from the page, so that the router does not carry the page. */
export const VIEWS = ["changes"] as const;
export type View = (typeof VIEWS)[number];
