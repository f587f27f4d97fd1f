/** The states that the list can be narrowed to. Apart from its page, since the route checks them before the page is loaded. */
import type { ScanState } from "@/api/types";

export const FILTERS: { value: ScanState | "all"; label: string }[] = [
  { value: "all", label: "All" },
  { value: "done", label: "Done" },
  { value: "held", label: "Held" },
  { value: "failed", label: "Failed" },
];
