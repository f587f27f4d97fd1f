/** Sends a large report in pieces (tus 1.0). A lost line, a closed page or a restarted server costs one piece at most. */
import { api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { stopped, transfer } from "@/api/transfer";
import type { Scan } from "@/api/types";
import type { UploadFields } from "@/api/upload";

export const IN_PIECES_FROM = 4 * 1024 * 1024;
const PIECE = 16 * 1024 * 1024;
const KEPT = "hauberk.uploads";
const TUS = { "Tus-Resumable": "1.0.0" };
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;
const PATIENCE = 15 * 60_000;
const PASSING = new Set([409, 423, 429, 500, 502, 503, 504]);
const GONE = new Set([404, 410]);

export type Sending = {
  file: File;
  fields: UploadFields;
  /** How much the server has, and whether nothing moves just now because the line is lost. */
  onProgress: (sent: number, isInterrupted: boolean) => void;
  signal: AbortSignal;
  piece?: number;
  pause?: number;
};

/** Which upload a file continues: by name, size and time of change, so that a changed file begins anew. */
const nameOf = (file: File) => `${file.name}|${file.size}|${file.lastModified}`;

function kept(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {};
  }
}

function keep(file: File, id: string | null): void {
  const { [nameOf(file)]: _before, ...others } = kept();
  try {
    localStorage.setItem(KEPT, JSON.stringify(id === null ? others : { ...others, [nameOf(file)]: id }));
  } catch {
    // Without storage an upload outlives a lost line, but not the page.
  }
}

const inBase64 = (text: string) =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));

async function begin({ file, signal }: Sending): Promise<string> {
  const request = await transfer({
    method: "POST",
    path: "/uploads",
    headers: {
      ...TUS,
      "Upload-Length": String(file.size),
      "Upload-Metadata": `filename ${inBase64(file.name)}`,
    },
    signal,
  });
  const id = request.getResponseHeader("location")?.split("/").at(-1) ?? "";
  keep(file, id);
  return id;
}

const offsetOf = (request: XMLHttpRequest) => Number(request.getResponseHeader("upload-offset"));

/** Id and place of the upload that this file goes on with; a fresh one where there is none any more. */
async function standing(sending: Sending): Promise<[string, number]> {
  const known = kept()[nameOf(sending.file)];
  if (known !== undefined)
    try {
      const path = `/uploads/${known}`;
      return [
        known,
        offsetOf(await transfer({ method: "HEAD", path, headers: TUS, signal: sending.signal })),
      ];
    } catch (error) {
      if (!(error instanceof ApiProblem && GONE.has(error.status))) throw error;
    }
  return [await begin(sending), 0];
}

async function sendPiece(sending: Sending, id: string, at: number): Promise<number> {
  const { file, onProgress, signal, piece = PIECE } = sending;
  return offsetOf(
    await transfer({
      method: "PATCH",
      path: `/uploads/${id}`,
      headers: {
        ...TUS,
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": String(at),
      },
      body: file.slice(at, at + piece),
      onProgress: (sent) => onProgress(Math.min(file.size, at + sent), false),
      signal,
    }),
  );
}

/** Ends early when the browser says that the line is back. */
function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("online", end);
      if (signal.aborted) reject(stopped());
      else resolve();
    };
    const timer = setTimeout(end, milliseconds);
    window.addEventListener("online", end);
    signal.addEventListener("abort", end, { once: true });
  });
}

const willPass = (error: unknown) =>
  error instanceof ApiProblem && (error.kind !== "refused" || PASSING.has(error.status));

/** Everything that is left of the file; answers the id of the complete upload. */
async function sendAll(sending: Sending): Promise<string> {
  let pause = sending.pause ?? FIRST_PAUSE;
  let until = Date.now() + PATIENCE;
  for (;;)
    try {
      let [id, at] = await standing(sending);
      sending.onProgress(at, false);
      while (at < sending.file.size) {
        at = await sendPiece(sending, id, at);
        pause = sending.pause ?? FIRST_PAUSE;
        until = Date.now() + PATIENCE;
        sending.onProgress(at, false);
      }
      return id;
    } catch (error) {
      if (!willPass(error) || Date.now() > until) throw error;
      sending.onProgress(Number.NaN, true);
      const asked = error instanceof ApiProblem ? (error.retryAfter ?? 0) * 1_000 : 0;
      await rest(Math.max(pause, asked), sending.signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
}

export async function uploadInPieces(sending: Sending): Promise<Scan> {
  const upload = await sendAll(sending);
  const said = Object.fromEntries(Object.entries(sending.fields).filter(([, value]) => value));
  const scan = await api.post<Scan>("/scans", { upload, ...said }, { signal: sending.signal });
  keep(sending.file, null);
  return scan;
}

/** What was sent of it is deleted, here and on the server. */
export async function discardUpload(id: string): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  await transfer({ method: "DELETE", path: `/uploads/${id}`, headers: TUS, signal });
}
