/** The mock's scans: uploads, their progress as events, what they changed, and held ones released. */
import type { Scan, ScanAct } from "@/api/types";
import { ago, fakeId, fakeScan } from "@/testing/fakes";
import { type Context, found, page, Refusal, type Route } from "@/testing/mock/route";
import { FORMATS } from "@/testing/mock/views";

function upload({ memory, form }: Context): Scan {
  const file = form?.get("file");
  if (!(file instanceof File))
    throw new Refusal(422, "A report is missing", null, [
      { pointer: "/file", message: "Send the report in the part “file”." },
    ]);
  if (/\.(png|jpe?g|docx)$/i.test(file.name))
    throw new Refusal(
      415,
      "This is not a report that Hauberk reads",
      "The first bytes look like an image. Reports are JSON, XML or CSV.",
    );
  if (/\.txt$/.test(file.name) && !form?.get("format"))
    throw new Refusal(
      415,
      "Unsupported media type",
      "The file is in no report format that is known here. Name it with `format`; GET /api/v1/formats lists what can be read.",
      undefined,
      "urn:hauberk:problem:unsupported_format",
    );
  const name = String(form?.get("asset") ?? file.name.replace(/\..*$/, ""));
  const asset = memory.assets.find((each) => each.name === name);
  const scan = fakeScan({
    state: "running",
    file_name: file.name,
    size_bytes: file.size,
    accepted_at: ago(0),
    started_at: ago(0),
    finished_at: null,
    counts: null,
    asset: { id: asset?.id ?? fakeId("ast"), name },
    progress: {
      phase: "reading",
      findings_read: 0,
      bytes_read: 0,
      bytes_total: file.size,
      findings_per_second: null,
      eta_seconds: null,
    },
  });
  memory.scans.unshift(scan);
  return scan;
}

const finish = (scan: Scan): Scan =>
  Object.assign(scan, {
    state: "done",
    progress: null,
    finished_at: ago(0),
    counts: {
      reported: 38,
      new: 6,
      unchanged: 30,
      moved: 1,
      changed: 0,
      reopened: 1,
      suppressed: 0,
      folded: 0,
      closed: 2,
      findings: { new: 5, reopened: 1, closed: 2 },
    },
  });

/** A scan that takes about a second, as the server tells it. */
function events({ memory, params }: Context): Response {
  const scan = found(memory.scans, params[0]);
  const text = new TextEncoder();
  let step = 0;
  const stream = new ReadableStream({
    async pull(controller) {
      const send = (event: string, data: unknown) =>
        controller.enqueue(text.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
      step += 1;
      await new Promise((resolve) => setTimeout(resolve, 120));
      if (step <= 8) {
        const phase = step < 6 ? "reading" : step < 7 ? "comparing" : "writing";
        const total = scan.size_bytes ?? 1;
        send("progress", {
          state: "running",
          progress: {
            phase,
            findings_read: Math.min(38, step * 8),
            bytes_read: Math.min(total, (total * step) / 5),
            bytes_total: total,
            findings_per_second: 64,
            eta_seconds: Math.max(0, 8 - step),
          },
        });
        return;
      }
      send("finished", finish(scan));
      controller.close();
    },
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream" } });
}

export const SCAN_ROUTES: Route[] = [
  ["GET", /^\/formats$/, ({ url }) => page(FORMATS, url)],
  ["GET", /^\/uploads$/, ({ url }) => page([], url)],
  [
    "GET",
    /^\/scans$/,
    ({ memory, url }) =>
      page(
        memory.scans.filter(
          (scan) =>
            (url.searchParams.get("state") ?? scan.state).split(",").includes(scan.state) &&
            (url.searchParams.get("scanner") ?? scan.scanner) === scan.scanner &&
            (url.searchParams.get("asset") ?? scan.asset?.id) === scan.asset?.id,
        ),
        url,
      ),
  ],
  ["POST", /^\/scans$/, upload],
  ["GET", /^\/scans\/([^/]+)$/, ({ memory, params }) => found(memory.scans, params[0])],
  ["GET", /^\/scans\/([^/]+)\/events$/, events],
  [
    "GET",
    /^\/scans\/([^/]+)\/changes$/,
    ({ memory, url }) =>
      page(
        memory.findings
          .slice(0, 14)
          .map((finding, index) => ({
            change: index % 3 === 2 ? "closed" : "new",
            reason: index % 3 === 2 ? "The report covers it and no longer reports it." : null,
            finding: { id: finding.id, title: finding.title, severity: finding.severity },
            title: finding.title,
            severity: finding.severity,
            location: finding.locations[0] ?? null,
          }))
          .filter((each) => each.change === (url.searchParams.get("change") ?? each.change)),
        url,
      ),
  ],
  [
    "POST",
    /^\/scans\/([^/]+)\/(undo|reprocess)$/,
    ({ memory, params, body }) => {
      const scan = found(memory.scans, params[0]);
      const act: ScanAct = {
        kind: params[1] === "undo" ? "undo" : "reprocess",
        state: "done",
        error: null,
      };
      if ((body as { dry_run: boolean }).dry_run) {
        const preview = fakeScan({ dry_run: true, preview_of: scan.id, act, file_name: scan.file_name });
        memory.scans.push(preview);
        return preview;
      }
      return Object.assign(scan, {
        act,
        undone: act.kind === "undo" ? { at: ago(0), by: { id: "usr_mira", name: "Mira Okafor" } } : null,
      });
    },
  ],
  [
    "POST",
    /^\/scans\/([^/]+)\/(release|discard)$/,
    ({ memory, params }) => {
      const scan = found(memory.scans, params[0]);
      if (scan.state !== "held") throw new Refusal(409, "This scan is not held any more");
      if (scan.counts && params[1] === "release")
        scan.counts = { ...scan.counts, closed: scan.held?.would_close ?? 0 };
      return Object.assign(scan, {
        state: params[1] === "release" ? "done" : "cancelled",
        held: null,
        finished_at: ago(0),
      });
    },
  ],
];
