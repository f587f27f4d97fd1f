/** A short audit trail, and that it is whole. */
import type { AuditEvent } from "@/features/audit/queries";
import { ago } from "@/testing/fakes";
import { page, type Route } from "@/testing/mock/route";

const mira: AuditEvent["actor"] = { type: "user", id: "usr_mira", name: "Mira Okafor" };
type Given = Pick<AuditEvent, "action" | "subject" | "detail"> & Partial<AuditEvent>;
const event = (number: number, given: Given): AuditEvent => ({
  id: `evt_${number}`,
  at: ago(number / 24),
  actor: mira,
  request_id: `req_${number}`,
  is_sealed: number > 1,
  link: number > 1 ? 100 - number : null,
  ...given,
});

const EVENTS = [
  event(1, {
    action: "finding.triaged",
    subject: { type: "finding", id: "fnd_4c1we70x16ec2" },
    detail: { triage: ["open", "risk_accepted"], reason: "Behind the gateway" },
  }),
  event(2, {
    action: "scan.uploaded",
    actor: { type: "service_account", id: "svc_ci", name: "ci" },
    subject: { type: "scan", id: "scn_7" },
    detail: { file_name: "trivy.json", size_bytes: 4711, dry_run: false },
  }),
  ...Array.from({ length: 58 }, (_, index) =>
    event(index + 3, {
      action: "session.opened",
      subject: { type: "session", id: `ses_${index}` },
      detail: {},
    }),
  ),
];

export const AUDIT_ROUTES: Route[] = [
  [
    "GET",
    /^\/audit\/chain$/,
    () => ({ length: 98, waiting: 1, newest_hash: "3fa9".repeat(16), broken_at: null, looked_at: ago(0.01) }),
  ],
  [
    "GET",
    /^\/audit$/,
    ({ url }) => {
      const asked = (name: string) => url.searchParams.get(name);
      const found = EVENTS.filter(
        ({ action, actor, subject }) =>
          (!asked("action") || action.startsWith(asked("action") ?? "")) &&
          (!asked("actor_type") || actor.type === asked("actor_type")) &&
          (!asked("user") || actor.id === asked("user")) &&
          (!asked("subject") || subject.id === asked("subject")),
      );
      return page(found, url);
    },
  ],
];
