/** The least levels that can be asked for. Apart from the queries, since the route checks them before the page is loaded. */
export const LEVELS = ["debug", "info", "warning", "error"] as const;
export type LogLevel = (typeof LEVELS)[number];
