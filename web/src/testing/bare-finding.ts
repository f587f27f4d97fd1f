/** A finding of which the server tells no more than the list does, but for what a test gives it. */
import { HttpResponse, http } from "msw";
import type { Finding, FindingDetail } from "@/api/types";
import { mockMemory, server } from "./mock-server";

const NOTHING_MORE = {
  description: null,
  remediation: null,
  references: [],
  evidence: null,
  severity_override: null,
  vex: null,
  duplicate_of: null,
  occurrences: [],
  history: [],
  comments: [],
};

/** Any finding that is asked for is this one; answers its row in the list. */
export function serveBareFinding(given: Partial<FindingDetail>): Finding {
  const finding = mockMemory().findings[0] as Finding;
  server.use(
    http.get("*/api/v1/findings/:id", () => HttpResponse.json({ ...finding, ...NOTHING_MORE, ...given })),
  );
  return finding;
}
