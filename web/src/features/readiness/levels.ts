/** Which checks are shown. Apart from the page, since the route checks it before the page is loaded. */
export const LEVELS = ["all", "must", "should"] as const;
export type LevelFilter = (typeof LEVELS)[number];
