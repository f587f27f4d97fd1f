/** A few records of a log, as `GET /logs` gives them. */
const record = (
  place: number,
  role: string,
  level: string,
  event: string,
  fields: Record<string, unknown>,
) => ({
  place: `${place}-0`,
  role,
  at: new Date(Date.now() - (5 - place) * 4_000).toISOString(),
  level,
  event,
  logger: event === "request" ? "hauberk.access" : "hauberk.jobs.execute",
  fields,
});

export const log = () => ({
  records: [
    record(1, "api", "info", "request", {
      method: "POST",
      route: "/api/v1/scans",
      code: 202,
      duration_ms: 41.2,
    }),
    record(2, "worker", "info", "job_done", { kind: "ingest.import_scan", job_id: 41, attempt: 1 }),
    record(3, "worker", "warning", "job_tried_again_later", {
      kind: "ingest.import_scan",
      job_id: 42,
      seconds: 5.1,
    }),
    record(4, "worker", "error", "job_failed", { kind: "ingest.import_scan", job_id: 42, code: "truncated" }),
    record(5, "api", "info", "request", {
      method: "GET",
      route: "/api/v1/findings",
      code: 200,
      duration_ms: 12.8,
    }),
  ],
});
