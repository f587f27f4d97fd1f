/** The kinds of change, in the order in which they are offered. Apart from their words, since the route checks them first. */
import type { ChangeKind } from "@/api/types";

export const CHANGES: ChangeKind[] = [
  "new",
  "reopened",
  "closed",
  "moved",
  "changed",
  "suppressed",
  "decided",
  "unchanged",
];
