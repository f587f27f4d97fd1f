/** Making a channel: its kind says what it needs; a secret goes in and is never shown again. */
import { type FormEvent, useState } from "react";
import { isProblem } from "@/api/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { SecretOnce } from "@/ui/secret-once";
import { HearsOf } from "./hears-of";
import { type ChannelGiven, useCreateChannel } from "./queries";
import { QuietHoursFields, quietHoursOf } from "./quiet-hours-fields";
import type { AlertSeverity, ChannelKind } from "./types";
import { KIND_WORD } from "./words";

type Needed = {
  place: "configuration" | "secret";
  name: string;
  label: string;
  hint?: string;
  value?: string;
  isSecret?: boolean;
};

const NEEDS: Record<ChannelKind, Needed[]> = {
  slack: [
    {
      place: "secret",
      name: "url",
      label: "Incoming webhook’s address",
      hint: "https://hooks.slack.com/services/…",
    },
  ],
  teams: [
    {
      place: "secret",
      name: "url",
      label: "Workflow’s address",
      hint: "Of the workflow “Post to a channel when a webhook request is received”.",
    },
  ],
  email: [
    {
      place: "configuration",
      name: "recipients",
      label: "Addresses",
      hint: "Up to twenty, with commas between.",
    },
  ],
  webhook: [
    {
      place: "configuration",
      name: "url",
      label: "Address",
      hint: "Signed as Standard Webhooks has it; the secret is shown once.",
    },
  ],
  pagerduty: [
    {
      place: "secret",
      name: "routing_key",
      label: "Integration key",
      hint: "Of an Events API v2 integration: 32 letters and figures.",
      isSecret: true,
    },
    {
      place: "configuration",
      name: "api_url",
      label: "API",
      value: "https://events.pagerduty.com/v2/enqueue",
    },
  ],
  opsgenie: [
    { place: "secret", name: "api_key", label: "API key", hint: "Of an API integration.", isSecret: true },
    { place: "configuration", name: "api_url", label: "API", value: "https://api.opsgenie.com/v2/alerts" },
  ],
};

export function ChannelDialog({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState<ChannelKind>("slack");
  const create = useCreateChannel();
  const problem = isProblem(create.error) ? create.error : null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const given: ChannelGiven = {
      name: text("name"),
      kind,
      configuration: {},
      secret: {},
      least_severity: text("least_severity") as AlertSeverity,
      rules: form.getAll("rule").map(String),
      quiet_hours: quietHoursOf(form),
    };
    for (const need of NEEDS[kind])
      given[need.place][need.name] =
        need.name === "recipients"
          ? text(need.name)
              .split(/[\s,;]+/)
              .filter(Boolean)
          : text(need.name);
    create.mutate(given, { onSuccess: (made) => made.made_secret ?? onClose() });
  };
  const secret = create.data?.made_secret?.signing_secret;
  if (create.data && secret)
    return (
      <SecretOnce
        title="Copy the signing secret now"
        note="It is shown only here. The receiver verifies with it that a notice comes from this installation."
        action="Copy secret"
        label={create.data.name}
        secret={secret}
        onClose={onClose}
      />
    );
  return (
    <Dialog isOpen onClose={onClose} title="New channel">
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <SelectField
            label="Kind"
            value={kind}
            onChange={(event) => setKind(event.target.value as ChannelKind)}
          >
            {Object.entries(KIND_WORD).map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Name"
            name="name"
            required
            maxLength={100}
            autoFocus
            autoComplete="off"
            placeholder="Operations room"
            error={problem?.for("name")}
          />
          {NEEDS[kind].map((need) => (
            <TextField
              key={`${kind} ${need.name}`}
              label={need.label}
              name={need.name}
              required
              autoComplete="off"
              type={need.isSecret ? "password" : "text"}
              defaultValue={need.value}
              hint={need.hint}
              error={problem?.for(`${need.place}/${need.name}`)}
            />
          ))}
          <HearsOf error={problem?.for("rules")} />
          <QuietHoursFields />
          <ProblemNote error={create.error} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={create.isPending}>
            Create channel
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
