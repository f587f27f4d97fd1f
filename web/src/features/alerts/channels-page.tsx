/** Where notices go, and whether they arrive. */
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/session";
import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Confirm } from "@/ui/confirm";
import { Panel, PanelHead } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { QueryList } from "@/ui/query-list";
import { EmptyState } from "@/ui/state";
import { Time } from "@/ui/time";
import { showToast } from "@/ui/toast";
import { AlertsFrame } from "./alerts-frame";
import { ChannelChangeDialog } from "./channel-change-dialog";
import { ChannelDialog } from "./channel-dialog";
import { channelsQuery, useChangeChannel, useDeleteChannel, useTryChannel } from "./queries";
import type { Channel } from "./types";
import { KIND_WORD, SEVERITY_WORD } from "./words";

export function ChannelsPage() {
  const channels = useQuery(channelsQuery);
  const mayChange = useMay("alerting:write");
  const [isMaking, setMaking] = useState(false);
  return (
    <AlertsFrame
      action={
        mayChange && (
          <Button look="filled" onClick={() => setMaking(true)}>
            <Plus size={15} aria-hidden="true" />
            New channel
          </Button>
        )
      }
    >
      <Panel>
        <PanelHead
          title="Channels"
          note="Rooms, mailboxes, paging services and programs that hear of alerts."
        />
        <QueryList
          query={channels}
          things="channels"
          skeleton={{ count: 3, height: "h-16" }}
          empty={
            <EmptyState title="Nobody is told of anything">
              {mayChange
                ? "Make a channel: a Slack room, a Teams channel, e-mail, PagerDuty, Opsgenie, or a signed webhook. Then send a test."
                : "An administrator can make a channel here."}
            </EmptyState>
          }
        >
          {(items) => (
            <ul>
              {items.map((channel) => (
                <ChannelRow key={channel.id} channel={channel} mayChange={mayChange} />
              ))}
            </ul>
          )}
        </QueryList>
      </Panel>
      {isMaking && <ChannelDialog onClose={() => setMaking(false)} />}
    </AlertsFrame>
  );
}

function Arrives({ channel }: { channel: Channel }) {
  if (channel.disabled_reason) return <span className="text-danger">{channel.disabled_reason}</span>;
  const hasFailed =
    channel.last_failed_at !== null && channel.last_failed_at > (channel.last_accepted_at ?? "");
  return (
    <>
      {channel.last_accepted_at ? (
        <span>
          last accepted <Time at={channel.last_accepted_at} />
        </span>
      ) : (
        <span>nothing was accepted yet</span>
      )}
      {hasFailed && channel.last_error && <span className="text-danger">{channel.last_error}</span>}
    </>
  );
}

function ChannelRow({ channel, mayChange }: { channel: Channel; mayChange: boolean }) {
  const attempt = useTryChannel();
  const change = useChangeChannel();
  const [isDeleting, setDeleting] = useState(false);
  const [isChanging, setChanging] = useState(false);
  const where =
    channel.host ||
    (channel.kind === "email" ? (channel.configuration.recipients as string[]).join(", ") : "");
  const isQuiet = channel.quiet_hours !== null;
  return (
    <li className="grid gap-1 border-t border-default px-4 py-3 first:border-t-0">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <h3 className="font-semibold text-strong">{channel.name}</h3>
        <Chip>{KIND_WORD[channel.kind]}</Chip>
        {!channel.is_enabled && <Chip tone="warn">Disabled</Chip>}
        {mayChange && (
          <span className="ml-auto flex flex-wrap gap-2 phone:ml-0 phone:w-full">
            {channel.is_enabled && (
              <Button
                size="sm"
                isBusy={attempt.isPending}
                aria-label={`Send a test to ${channel.name}`}
                onClick={() =>
                  attempt.mutate(channel.id, {
                    onSuccess: () =>
                      showToast({ text: "A test is on its way; Deliveries says what came of it" }),
                  })
                }
              >
                Send a test
              </Button>
            )}
            <Button
              size="sm"
              look="quiet"
              aria-label={`Change ${channel.name}`}
              onClick={() => setChanging(true)}
            >
              Change
            </Button>
            <Button
              size="sm"
              look="quiet"
              aria-label={`${channel.is_enabled ? "Disable" : "Enable"} ${channel.name}`}
              onClick={() => change.mutate({ id: channel.id, is_enabled: !channel.is_enabled })}
            >
              {channel.is_enabled ? "Disable" : "Enable"}
            </Button>
            <Button
              size="sm"
              look="quiet"
              aria-label={`Delete ${channel.name}`}
              onClick={() => setDeleting(true)}
            >
              Delete
            </Button>
          </span>
        )}
      </div>
      <div className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
        {where && <span className="font-mono break-all">{where}</span>}
        <span>
          {channel.least_severity === "info"
            ? "everything"
            : `${SEVERITY_WORD[channel.least_severity].toLowerCase()} and graver`}
        </span>
        {channel.rules.length > 0 && <span>of {plural(channel.rules.length, "rule")} only</span>}
        {isQuiet && (
          <span>
            quiet from {channel.quiet_hours?.begins.slice(0, 5)} to {channel.quiet_hours?.ends.slice(0, 5)} (
            {channel.quiet_hours?.time_zone})
          </span>
        )}
        <Arrives channel={channel} />
      </div>
      <ProblemNote error={attempt.error ?? change.error} />
      {isChanging && <ChannelChangeDialog channel={channel} onClose={() => setChanging(false)} />}
      {isDeleting && <DeleteDialog channel={channel} onClose={() => setDeleting(false)} />}
    </li>
  );
}

function DeleteDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const remove = useDeleteChannel();
  return (
    <Confirm
      title={`Delete ${channel.name}?`}
      action="Delete channel"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(channel.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>Nothing is told there any more, and its secret is gone. What was sent stays in the ledger.</p>
    </Confirm>
  );
}
