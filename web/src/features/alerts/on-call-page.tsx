/** Who is called now and in the next weeks, and who is called next when nobody answers. */
import { type UseQueryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/session";
import { formatAge } from "@/lib/format";
import { Avatar } from "@/ui/avatar";
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
import { EscalationPanel } from "./escalation-panel";
import { OnCallCalendar, weeksFrom } from "./on-call-calendar";
import { OverrideDialog } from "./override-dialog";
import { OverrideList } from "./override-list";
import { overridesQuery, schedulesQuery, timelineQuery, useDeleteSchedule, usePageTest } from "./queries";
import { ScheduleDialog } from "./schedule-dialog";
import type { Schedule } from "./types";

export function OnCallPage() {
  const schedules = useQuery(schedulesQuery);
  const parts = useQueries({
    queries: (schedules.data?.items ?? []).flatMap(({ id }) => [
      overridesQuery(id) as UseQueryOptions,
      timelineQuery(id, ...weeksFrom(0)) as UseQueryOptions,
    ]),
  });
  // What failed is not waited for: it is asked for again by its own place, once that is shown.
  const isFilling = parts.some((part) => part.isPending && part.errorUpdateCount === 0);
  const mayChange = useMay("alerting:write");
  const [editing, setEditing] = useState<Schedule | "new" | null>(null);
  return (
    <AlertsFrame
      action={
        mayChange && (
          <Button look="filled" onClick={() => setEditing("new")}>
            <Plus size={15} aria-hidden="true" />
            New schedule
          </Button>
        )
      }
    >
      <QueryList
        query={schedules}
        things="schedules"
        isFilling={isFilling}
        skeleton={{ count: 2, height: "h-40" }}
        empty={
          <Panel>
            <EmptyState title="Nobody is on call">
              {mayChange
                ? "Make a schedule: the people in their order, and when they hand over. Then say in an escalation policy that it is called."
                : "An administrator can make a schedule here."}
            </EmptyState>
          </Panel>
        }
      >
        {(items) =>
          items.map((schedule) => (
            <SchedulePanel
              key={schedule.id}
              schedule={schedule}
              onEdit={mayChange ? () => setEditing(schedule) : undefined}
            />
          ))
        }
      </QueryList>
      {/* Below what it would be pushed down by. */}
      {!schedules.isPending && !isFilling && <EscalationPanel schedules={schedules.data?.items ?? []} />}
      {editing && (
        <ScheduleDialog schedule={editing === "new" ? undefined : editing} onClose={() => setEditing(null)} />
      )}
    </AlertsFrame>
  );
}

function SchedulePanel({ schedule, onEdit }: { schedule: Schedule; onEdit?: () => void }) {
  const mayOverride = useMay("alerts:write");
  const [isOverriding, setOverriding] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  return (
    <Panel label={schedule.name}>
      <PanelHead title={schedule.name} note={schedule.time_zone}>
        {mayOverride && (
          <Button size="sm" onClick={() => setOverriding(true)}>
            Swap a shift
          </Button>
        )}
        {onEdit && (
          <>
            <Button size="sm" look="quiet" aria-label={`Change ${schedule.name}`} onClick={onEdit}>
              Change
            </Button>
            <Button
              size="sm"
              look="quiet"
              aria-label={`Delete ${schedule.name}`}
              onClick={() => setDeleting(true)}
            >
              Delete
            </Button>
          </>
        )}
      </PanelHead>
      <Now schedule={schedule} mayTest={onEdit !== undefined} />
      <OnCallCalendar schedule={schedule} />
      <OverrideList schedule={schedule} />
      {isOverriding && <OverrideDialog schedule={schedule} onClose={() => setOverriding(false)} />}
      {isDeleting && <DeleteDialog schedule={schedule} onClose={() => setDeleting(false)} />}
    </Panel>
  );
}

function Now({ schedule, mayTest }: { schedule: Schedule; mayTest: boolean }) {
  const test = usePageTest();
  const { on_call: shift, next_up: next } = schedule;
  return (
    <div className="grid gap-2 px-4 pb-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        {shift ? (
          <>
            <Avatar name={shift.person.name} />
            <span className="text-md">
              <strong className="font-semibold text-strong">{shift.person.name}</strong> is called now
              <span className="block text-xs text-muted">
                for {formatAge(shift.ends_at)} more
                {shift.layer === null && ", as an override"}
                {next && (
                  <>
                    ; then {next.person.name}, <Time at={next.starts_at} />
                  </>
                )}
              </span>
            </span>
            {mayTest && (
              <Button
                size="sm"
                className="phone:w-full"
                isBusy={test.isPending}
                onClick={() =>
                  test.mutate(shift.person.id, {
                    onSuccess: () =>
                      showToast({ text: `${shift.person.name} gets a test page and acknowledges it` }),
                  })
                }
              >
                Send a test page
              </Button>
            )}
          </>
        ) : (
          <p className="text-danger">Nobody is on call now.</p>
        )}
        {schedule.uncovered_seconds > 0 && (
          <Chip tone="warn">
            {Math.max(1, Math.round(schedule.uncovered_seconds / 3600))} h of the next 7 days without anybody
          </Chip>
        )}
      </div>
      <ProblemNote error={test.error} />
    </div>
  );
}

function DeleteDialog({ schedule, onClose }: { schedule: Schedule; onClose: () => void }) {
  const remove = useDeleteSchedule();
  return (
    <Confirm
      title={`Delete ${schedule.name}?`}
      action="Delete schedule"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(schedule.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>Nobody is called by it any more. Policies that name it go on with their next step.</p>
    </Confirm>
  );
}
