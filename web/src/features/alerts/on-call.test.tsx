import { act, screen, waitFor, within } from "@testing-library/react";
import { delay, HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import { ago, fakeSession } from "@/testing/fakes";
import { server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";
import type { AlertRule, Channel, EscalationPolicy, Layer, Override, Schedule } from "./types";

const API = "*/api/v1";
const page = <Item,>(items: Item[]) => ({
  items,
  next_cursor: null,
  total: items.length,
  total_is_exact: true,
});
const ANN = { id: "usr_1", name: "Ann Archer", is_available: true };
const BEN = { id: "usr_2", name: "Ben Baker", is_available: true };
const LAYER: Layer = {
  name: "First",
  people: [ANN.id],
  first_handover: "2026-11-30T09:00:00",
  unit: "week",
  every: 1,
  hours: [],
};
const SCHEDULE: Schedule = {
  id: "sch_1",
  name: "Operations",
  time_zone: "Europe/Berlin",
  layers: [LAYER],
  people: [ANN],
  on_call: null,
  next_up: null,
  uncovered_seconds: 0,
};
const POLICY: EscalationPolicy = {
  id: "esc_1",
  name: "Around the clock",
  steps: [{ after_minutes: 0, notify: [{ kind: "schedule", id: "sch_1" }] }],
  repeats: 2,
  least_severity: "critical",
  is_default: true,
};
const RULE: AlertRule = {
  name: "api_error_rate",
  title: "High error rate",
  meaning: "Requests that fail",
  severity: "critical",
  unit: "share",
  threshold: 0.05,
  default_threshold: 0.05,
  variable: "HAUBERK_ALERTS_ERROR_RATE",
  is_enabled: true,
  runbook: "ApiErrorRateHigh",
  seen: null,
  evaluated_at: null,
};
const CHANNEL = {
  id: "chn_1",
  name: "Room",
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
} satisfies Channel;

let sent: [string, unknown][];
let overrides: Override[];
let policies: EscalationPolicy[];

beforeEach(() => {
  sent = [];
  overrides = [{ id: "ovr_1", person: BEN, starts_at: ago(-1), ends_at: ago(-2), reason: "Holidays" }];
  policies = [POLICY];
  const session = fakeSession();
  const rights = [...session.permissions, "alerts:read", "alerts:write", "alerting:write"];
  const noted = async (request: Request) =>
    void sent.push([
      `${request.method} ${new URL(request.url).pathname.replace("/api/v1", "")}`,
      await request.json().catch(() => null),
    ]);
  server.use(
    http.get(`${API}/auth/me`, () => HttpResponse.json({ ...session, permissions: rights })),
    http.get(`${API}/alert-rules`, () => HttpResponse.json([RULE])),
    http.get(`${API}/users`, () => HttpResponse.json(page([ANN, BEN]))),
    http.get(`${API}/notification-channels`, () => HttpResponse.json(page([CHANNEL]))),
    http.get(`${API}/escalation-policies`, () => HttpResponse.json(page(policies))),
    http.get(`${API}/on-call/schedules`, () => HttpResponse.json(page([SCHEDULE]))),
    http.get(`${API}/on-call/schedules/:id/overrides`, () => HttpResponse.json(overrides)),
    http.get(`${API}/on-call/schedules/:id/timeline`, () =>
      HttpResponse.json({ since: ago(0), until: ago(-28), shifts: [], gaps: [] }),
    ),
    http.put(`${API}/on-call/schedules/:id`, async ({ request }) => {
      await noted(request);
      return HttpResponse.json(SCHEDULE);
    }),
    http.put(`${API}/escalation-policies/:id`, async ({ request }) => {
      await noted(request);
      return HttpResponse.json(POLICY);
    }),
    http.patch(`${API}/notification-channels/:id`, async ({ request }) => {
      await noted(request);
      return HttpResponse.json(CHANNEL);
    }),
    http.delete(`${API}/on-call/overrides/:id`, async ({ request }) => {
      await noted(request);
      overrides = [];
      return new HttpResponse(null, { status: 204 });
    }),
    http.delete(`${API}/escalation-policies/:id`, async ({ request }) => {
      await noted(request);
      policies = [];
      return new HttpResponse(null, { status: 204 });
    }),
  );
});

const dialog = () => within(screen.getByRole("dialog"));

describe("on call", () => {
  it("has a second layer, for nights, above the first", async () => {
    const { user } = renderApp("/alerts/on-call");
    await user.click(await screen.findByRole("button", { name: "Change Operations" }));
    await user.click(await dialog().findByRole("button", { name: "Layer above these" }));
    const second = within(dialog().getByRole("group", { name: "Layer 2" }));
    const save = dialog().getByRole("button", { name: "Save schedule" }) as HTMLButtonElement;
    expect(save.disabled).toBe(true);
    await user.click(second.getByLabelText("Ben Baker"));
    await user.click(second.getByLabelText("Ann Archer"));
    await user.click(second.getByRole("button", { name: "Ann Archer earlier" }));
    await user.click(second.getByLabelText(/Only at certain hours/));
    await user.click(second.getByLabelText("Sat"));
    await user.click(second.getByLabelText("Sun"));
    expect(await axeProblems()).toEqual([]);
    await user.click(save);
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.[0]).toBe("PUT /on-call/schedules/sch_1");
    expect(sent[0]?.[1]).toMatchObject({
      layers: [
        LAYER,
        {
          name: "Layer 2",
          people: [ANN.id, BEN.id],
          hours: [{ begins: "18:00", ends: "08:00", days: [0, 1, 2, 3, 4] }],
        },
      ],
    });
  });

  it("is shown when all of it is there: what came later would push down what stands below", async () => {
    let answer = () => {};
    const swapped = new Promise<void>((resolve) => {
      answer = resolve;
    });
    server.use(
      http.get(`${API}/on-call/schedules/:id/overrides`, async () => {
        await swapped;
        return HttpResponse.json(overrides);
      }),
    );
    renderApp("/alerts/on-call");
    await screen.findByRole("status", { name: "Loading" });
    await act(() => new Promise((resolve) => setTimeout(resolve, 200)));
    expect(screen.queryByRole("region", { name: "Operations" })).not.toBeInTheDocument();
    expect(screen.queryByRole("heading", { name: "Escalation" })).not.toBeInTheDocument();
    answer();
    const panel = within(await screen.findByRole("region", { name: "Operations" }));
    panel.getByRole("list", { name: "Swapped shifts of Operations" });
    const days = panel.getByRole("list", { name: "Who is on call in Operations, day by day" });
    expect(within(days).getAllByRole("listitem")).toHaveLength(28);
    screen.getByRole("heading", { name: "Escalation" });
  });

  it("keeps the place of its days while other weeks are asked for", async () => {
    const { user } = renderApp("/alerts/on-call");
    const days = await screen.findByRole("list", { name: "Who is on call in Operations, day by day" });
    server.use(http.get(`${API}/on-call/schedules/:id/timeline`, () => delay("infinite")));
    await user.click(screen.getByRole("button", { name: "Four weeks later" }));
    expect(days).toHaveAttribute("aria-busy", "true");
    expect(within(days).getAllByRole("listitem")).toHaveLength(28);
  });

  it("lists the swapped shifts, and takes one back after asking", async () => {
    const { user } = renderApp("/alerts/on-call");
    const list = within(await screen.findByRole("list", { name: "Swapped shifts of Operations" }));
    list.getByText("Holidays");
    await user.click(list.getByRole("button", { name: /^Take back Ben Baker/ }));
    expect(sent).toEqual([]);
    await user.click(dialog().getByRole("button", { name: "Take back" }));
    await waitFor(() => expect(screen.queryByText("Swapped shifts")).toBeNull());
    expect(sent).toEqual([["DELETE /on-call/overrides/ovr_1", null]]);
  });

  it("calls several at once, in more steps than one", async () => {
    const { user } = renderApp("/alerts/on-call");
    await user.click(await screen.findByRole("button", { name: "Change Around the clock" }));
    await user.click(dialog().getByRole("button", { name: "Next step" }));
    await user.selectOptions(dialog().getByLabelText("Step 2 calls"), "person usr_2");
    await user.click(dialog().getByRole("button", { name: "Somebody else as well, in step 2" }));
    await user.selectOptions(dialog().getByLabelText("Step 2 calls as well"), "channel chn_1");
    await user.selectOptions(dialog().getByLabelText("Calls for"), "warning");
    expect(await axeProblems()).toEqual([]);
    await user.click(dialog().getByRole("button", { name: "Save policy" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.[1]).toEqual({
      name: "Around the clock",
      steps: [
        POLICY.steps[0],
        {
          after_minutes: 10,
          notify: [
            { kind: "person", id: "usr_2" },
            { kind: "channel", id: "chn_1" },
          ],
        },
      ],
      repeats: 2,
      least_severity: "warning",
      is_default: true,
    });
  });

  it("deletes a policy after saying that it is the one in force", async () => {
    const { user } = renderApp("/alerts/on-call");
    await user.click(await screen.findByRole("button", { name: "Delete Around the clock" }));
    dialog().getByText(/It is the one in force/);
    await user.click(dialog().getByRole("button", { name: "Delete policy" }));
    await screen.findByRole("heading", { name: "Nobody is called" });
    expect(sent).toEqual([["DELETE /escalation-policies/esc_1", null]]);
  });
});

describe("rules as filters", () => {
  it("keeps a channel to some rules", async () => {
    const { user } = renderApp("/alerts/channels");
    await user.click(await screen.findByRole("button", { name: "Change Room" }));
    await user.selectOptions(dialog().getByLabelText("Of the rules"), "chosen");
    await user.click(await dialog().findByLabelText("High error rate"));
    expect(await axeProblems()).toEqual([]);
    await user.click(dialog().getByRole("button", { name: "Save channel" }));
    await waitFor(() =>
      expect(sent).toEqual([
        [
          "PATCH /notification-channels/chn_1",
          { name: "Room", least_severity: "warning", rules: ["api_error_rate"], quiet_hours: null },
        ],
      ]),
    );
  });

  it("changes when a channel is left alone, and keeps what was said of days elsewhere", async () => {
    const quiet = {
      time_zone: "Asia/Tokyo",
      begins: "22:00",
      ends: "07:00",
      days: [0, 1],
      except_severity: null,
    };
    server.use(
      http.get(`${API}/notification-channels`, () =>
        HttpResponse.json(page([{ ...CHANNEL, quiet_hours: quiet }])),
      ),
    );
    const { user } = renderApp("/alerts/channels");
    await user.click(await screen.findByRole("button", { name: "Change Room" }));
    expect(dialog().getByRole("checkbox", { name: "Quiet hours (Asia/Tokyo)" })).toBeChecked();
    const ends = dialog().getByLabelText("To");
    await user.clear(ends);
    await user.type(ends, "08:30");
    await user.click(dialog().getByRole("button", { name: "Save channel" }));
    await waitFor(() => expect(sent.at(-1)?.[1]).toMatchObject({ quiet_hours: { ...quiet, ends: "08:30" } }));
    await user.click(await screen.findByRole("button", { name: "Change Room" }));
    await user.click(dialog().getByRole("checkbox", { name: /^Quiet hours/ }));
    await user.click(dialog().getByRole("button", { name: "Save channel" }));
    await waitFor(() => expect(sent.at(-1)?.[1]).toMatchObject({ quiet_hours: null }));
  });

  it("narrows the alerts to one, in the address", async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get(`${API}/alerts`, ({ request }) => {
        asked.push(new URL(request.url).searchParams.get("rule"));
        return HttpResponse.json(page([]));
      }),
    );
    const { user, address } = renderApp("/alerts");
    await screen.findByRole("option", { name: "High error rate" });
    await user.selectOptions(screen.getByLabelText("Only of the rule"), "api_error_rate");
    await screen.findByRole("heading", { name: "Nothing of this rule" });
    expect(address()).toContain("rule=api_error_rate");
    expect(asked.at(-1)).toBe("api_error_rate");
  });
});
