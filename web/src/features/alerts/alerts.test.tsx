import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { fakeSession } from "@/testing/fakes";
import { server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";
import type { Alert, Channel, Schedule } from "./types";

const session = fakeSession();
const RIGHTS = [...session.permissions, "alerts:read", "alerts:write", "alerting:write"];
const page = <Item,>(items: Item[]) => ({
  items,
  next_cursor: null,
  total: items.length,
  total_is_exact: true,
});

const ALERT: Alert = {
  id: "alr_0000000000001",
  rule: "api_error_rate",
  rule_title: "High error rate",
  severity: "critical",
  title: "Many requests fail",
  summary: "9.1 % of the requests failed.",
  facts: [{ name: "Failed", value: "91" }],
  is_test: false,
  state: "firing",
  began_at: new Date(Date.now() - 600_000).toISOString(),
  resolved_at: null,
  acknowledged_at: null,
  acknowledged_by: null,
  next_call_at: new Date(Date.now() + 600_000).toISOString(),
  calls_made: 1,
  runbook: "ApiErrorRateHigh",
  dedup_key: "alr_0000000000001@hauberk.example.org",
};

const CHANNEL: Channel = {
  id: "chn_0000000000001",
  name: "Operations room",
  kind: "slack",
  configuration: {},
  host: "hooks.slack.com",
  is_enabled: true,
  disabled_reason: null,
  least_severity: "warning",
  rules: [],
  quiet_hours: null,
  last_accepted_at: null,
  last_failed_at: null,
  last_error: null,
};

const ANN = { id: "usr_0000000000001", name: "Ann Archer", is_available: true };
const SCHEDULE: Schedule = {
  id: "sch_0000000000001",
  name: "Operations",
  time_zone: "Europe/Berlin",
  layers: [],
  people: [ANN],
  on_call: null,
  next_up: null,
  uncovered_seconds: 86_400,
};

function signedIn() {
  server.use(http.get("*/api/v1/auth/me", () => HttpResponse.json({ ...session, permissions: RIGHTS })));
}

describe("alerts", () => {
  it("say that nobody looks after one, and who does once somebody acknowledges", async () => {
    signedIn();
    let alert = ALERT;
    server.use(
      http.get("*/api/v1/alerts", () => HttpResponse.json(page([alert]))),
      http.post("*/api/v1/alerts/:id/acknowledge", () => {
        alert = {
          ...alert,
          acknowledged_at: new Date().toISOString(),
          acknowledged_by: { id: ANN.id, name: ANN.name },
          next_call_at: null,
        };
        return HttpResponse.json(alert);
      }),
    );
    renderApp("/alerts");
    expect(await screen.findByText(/Nobody looks after it/)).toBeTruthy();
    expect(await axeProblems()).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Acknowledge Many requests fail" }));
    expect(await screen.findByText(/Ann Archer looks after it/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Acknowledge/ })).toBeNull();
  });

  it("have channels whose kind says what it needs, and name the field that is wrong", async () => {
    signedIn();
    const sent: unknown[] = [];
    server.use(
      http.get("*/api/v1/notification-channels", () => HttpResponse.json(page([CHANNEL]))),
      http.post("*/api/v1/notification-channels", async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(
          {
            type: "urn:hauberk:problem:invalid",
            title: "Invalid",
            status: 422,
            detail: "No",
            request_id: "r",
            errors: [{ pointer: "/secret/routing_key", message: "It has 32 characters." }],
          },
          { status: 422, headers: { "content-type": "application/problem+json" } },
        );
      }),
    );
    renderApp("/alerts/channels");
    expect(await screen.findByText("nothing was accepted yet")).toBeTruthy();
    expect(await axeProblems()).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "New channel" }));
    const dialog = await screen.findByRole("dialog");
    await userEvent.selectOptions(within(dialog).getByLabelText("Kind"), "pagerduty");
    await userEvent.type(within(dialog).getByLabelText("Name"), "Pager");
    await userEvent.type(within(dialog).getByLabelText("Integration key"), "short");
    await userEvent.click(within(dialog).getByRole("button", { name: "Create channel" }));
    await waitFor(() =>
      expect(sent).toMatchObject([{ kind: "pagerduty", name: "Pager", secret: { routing_key: "short" } }]),
    );
    expect(await within(dialog).findByText("It has 32 characters.")).toBeTruthy();
  });

  it("have a calendar that shows when nobody is called", async () => {
    signedIn();
    server.use(
      http.get("*/api/v1/on-call/schedules", () => HttpResponse.json(page([SCHEDULE]))),
      http.get("*/api/v1/escalation-policies", () => HttpResponse.json(page([]))),
      http.get("*/api/v1/notification-channels", () => HttpResponse.json(page([]))),
      http.get("*/api/v1/users", () => HttpResponse.json(page([]))),
      http.get("*/api/v1/on-call/schedules/:id/timeline", ({ request }) => {
        const asked = new URL(request.url).searchParams;
        const since = String(asked.get("since"));
        const until = String(asked.get("until"));
        const middle = new Date((Date.parse(since) + Date.parse(until)) / 2).toISOString();
        return HttpResponse.json({
          since,
          until,
          shifts: [{ person: ANN, starts_at: since, ends_at: middle, layer: "First" }],
          gaps: [{ starts_at: middle, ends_at: until }],
        });
      }),
    );
    renderApp("/alerts/on-call");
    const calendar = await screen.findByRole("list", { name: /day by day/ });
    expect(within(calendar).getAllByRole("listitem")).toHaveLength(28);
    expect(within(calendar).getAllByText("Nobody").length).toBeGreaterThan(10);
    expect(screen.getByText(/24 h of the next 7 days without anybody/)).toBeTruthy();
    expect(await axeProblems()).toEqual([]);
  });
});
