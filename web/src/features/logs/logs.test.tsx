import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import { server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";
import { detailOf, type LogRecord } from "./queries";

const record = (change: Partial<LogRecord> = {}): LogRecord => ({
  place: "1-0",
  role: "api",
  at: "2026-01-01T00:00:00Z",
  level: "info",
  event: "request",
  logger: "hauberk.access",
  fields: { code: 200, token_id: null, missing: ["a"] },
  ...change,
});

describe("a log record", () => {
  it("tells its fields as they stand in the log, without those that are empty", () => {
    expect(detailOf(record())).toBe('code=200  missing=["a"]');
  });
});

describe("the page of the log", () => {
  let asked: URLSearchParams[];
  beforeEach(() => {
    asked = [];
    server.use(
      http.get("*/api/v1/logs", ({ request }) => {
        const query = new URL(request.url).searchParams;
        asked.push(query);
        const found = [
          record(),
          record({ place: "2-0", event: "job_failed", level: "error", role: "worker" }),
        ];
        return HttpResponse.json({
          records:
            query.get("contains") === "nothing"
              ? []
              : found.filter(
                  (each) => !query.get("contains") || each.event.includes(query.get("contains") ?? ""),
                ),
        });
      }),
    );
  });

  it("shows the newest first, with level and process", async () => {
    renderApp("/logs");
    const lines = within(await screen.findByRole("list", { name: "Log records, newest first" })).getAllByRole(
      "listitem",
    );
    expect(lines[0]?.textContent).toContain("job_failed");
    expect(lines[0]?.textContent).toContain("worker");
    expect(await axeProblems()).toEqual([]);
  });

  it("keeps level and words in the address, and asks the server for them", async () => {
    const { user, address } = renderApp("/logs");
    await user.click(await screen.findByRole("radio", { name: "error" }));
    await waitFor(() => expect(address()).toBe("/logs?level=error"));
    await user.type(screen.getByRole("searchbox", { name: "Find in the log" }), "nothing");
    await screen.findByText("Nothing in the log has these words");
    expect(asked.at(-1)?.get("level")).toBe("error");
  });

  it("is held and followed again", async () => {
    const { user } = renderApp("/logs");
    await user.click(await screen.findByRole("button", { name: "Hold" }));
    await screen.findByRole("button", { name: "Follow" });
  });
});
