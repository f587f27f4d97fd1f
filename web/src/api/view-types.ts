/** Filters of the list of findings that are kept under a name. */
import type { Named } from "./types";

export type SavedView = {
  id: string;
  name: string;
  q: string;
  sort: string;
  is_shared: boolean;
  owner: Named | null;
  is_own: boolean;
  updated_at: string;
};
