/** What suppliers state about findings (VEX), on the wire. */
import type { Named } from "./types";

export type VexStatus = "not_affected" | "fixed" | "under_investigation" | "affected";
/** The supplier's statement that speaks for a finding. */
export type VexStatement = {
  vex_status: VexStatus;
  decides: boolean;
  vulnerability: string;
  product: string;
  component: string | null;
  justification: string | null;
  impact: string | null;
  action: string | null;
  author: string | null;
  stated_at: string;
  document_id: string | null;
  document_version: string | null;
  scan: Named;
};
