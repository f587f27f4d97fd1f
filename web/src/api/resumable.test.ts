import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import { uploadInPieces } from "@/api/resumable";
import { server } from "@/testing/mock-server";

const file = (text = "0123456789", lastModified = 1) =>
  new File([text], "größe.json", { lastModified, type: "application/json" });

/** A server that keeps what it gets, and fails as a test says. */
function uploads(fail: (patches: number) => Response | undefined = () => undefined) {
  const seen = { begun: 0, patches: [] as number[], body: "", order: {} as Record<string, unknown> };
  server.use(
    http.post("*/api/v1/uploads", () => {
      seen.begun += 1;
      seen.body = "";
      return new HttpResponse(null, {
        status: 201,
        headers: { Location: `/api/v1/uploads/upl_${seen.begun}` },
      });
    }),
    http.head("*/api/v1/uploads/:id", ({ params }) =>
      params.id === `upl_${seen.begun}`
        ? new HttpResponse(null, { headers: { "Upload-Offset": String(seen.body.length) } })
        : new HttpResponse(null, { status: 404 }),
    ),
    http.patch("*/api/v1/uploads/:id", async ({ request }) => {
      seen.patches.push(Number(request.headers.get("upload-offset")));
      const failure = fail(seen.patches.length);
      if (failure) return failure;
      seen.body += await request.text();
      return new HttpResponse(null, {
        status: 204,
        headers: { "Upload-Offset": String(seen.body.length) },
      });
    }),
    http.post("*/api/v1/scans", async ({ request }) => {
      seen.order = (await request.json()) as Record<string, unknown>;
      return HttpResponse.json({ id: "scn_1" }, { status: 202 });
    }),
  );
  return seen;
}

function sending(sent: File, onProgress: (at: number, isInterrupted: boolean) => void = () => undefined) {
  const { signal } = new AbortController();
  return { file: sent, fields: { asset: "shop" }, onProgress, signal, piece: 4, pause: 1 };
}

beforeEach(() => localStorage.clear());

describe("a large report", () => {
  it("is sent in pieces and becomes a scan", async () => {
    const seen = uploads();
    await uploadInPieces(sending(file()));
    expect(seen.patches).toEqual([0, 4, 8]);
    expect(seen.body).toBe("0123456789");
    expect(seen.order).toEqual({ upload: "upl_1", asset: "shop" });
    expect(localStorage.getItem("hauberk.uploads")).toBe("{}");
  });

  it("goes on where the server stands when the line was lost, and says so meanwhile", async () => {
    const told: boolean[] = [];
    const seen = uploads((patches) => (patches === 2 ? HttpResponse.error() : undefined));
    await uploadInPieces(sending(file(), (_at, isInterrupted) => told.push(isInterrupted)));
    expect(seen.patches).toEqual([0, 4, 4, 8]);
    expect(seen.body).toBe("0123456789");
    expect(told).toContain(true);
    expect(told.at(-1)).toBe(false);
  });

  it("goes on after the page was left, with the same file and no other", async () => {
    const broken = uploads((patches) =>
      patches === 2 ? HttpResponse.json({ title: "No" }, { status: 413 }) : undefined,
    );
    await expect(uploadInPieces(sending(file()))).rejects.toThrow("No");
    await uploadInPieces(sending(file()));
    expect(broken.patches).toEqual([0, 4, 4, 8]);
    await uploadInPieces(sending(file("0123456789", 2)));
    expect(broken.begun).toBe(2);
  });

  it("begins anew when the server has forgotten it", async () => {
    localStorage.setItem("hauberk.uploads", JSON.stringify({ "größe.json|10|1": "upl_old" }));
    const seen = uploads();
    await uploadInPieces(sending(file()));
    expect([seen.begun, seen.body]).toEqual([1, "0123456789"]);
  });
});
