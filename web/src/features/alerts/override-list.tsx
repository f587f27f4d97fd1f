/** The swapped shifts of a schedule that are not over, and taking one back. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "@/api/session";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { showToast } from "@/ui/toast";
import { overridesQuery, useRemoveOverride } from "./queries";
import type { Override, Schedule } from "./types";

const moment = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const span = ({ starts_at, ends_at }: Override) =>
  `${moment.format(new Date(starts_at))} – ${moment.format(new Date(ends_at))}`;

/** Nothing where no shift is swapped: the calendar says who is called. */
export function OverrideList({ schedule }: { schedule: Schedule }) {
  const { data } = useQuery(overridesQuery(schedule.id));
  const mayRemove = useMay("alerts:write");
  const [removing, setRemoving] = useState<Override | null>(null);
  if (!data?.length) return null;
  return (
    <div className="border-t border-default px-4 py-3">
      <h3 className="text-xs font-medium text-muted">Swapped shifts</h3>
      <ul aria-label={`Swapped shifts of ${schedule.name}`} className="mt-1 grid gap-1">
        {data.map((override) => (
          <li key={override.id} className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-3">
            <span className="flex flex-wrap gap-x-3">
              <span className="font-medium text-strong">{override.person.name}</span>
              <span className="num text-default">{span(override)}</span>
              {override.reason && <span className="text-muted">{override.reason}</span>}
            </span>
            {mayRemove && (
              <Button
                size="sm"
                look="quiet"
                aria-label={`Take back ${override.person.name}, ${span(override)}`}
                onClick={() => setRemoving(override)}
              >
                Take back
              </Button>
            )}
          </li>
        ))}
      </ul>
      {removing && <RemoveDialog override={removing} onClose={() => setRemoving(null)} />}
    </div>
  );
}

function RemoveDialog({ override, onClose }: { override: Override; onClose: () => void }) {
  const remove = useRemoveOverride();
  return (
    <Confirm
      title="Take the swap back?"
      action="Take back"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() =>
        remove.mutate(override.id, {
          onSuccess: () => {
            showToast({ text: "The rotation says again who is called" });
            onClose();
          },
        })
      }
      onClose={onClose}
    >
      <p>
        {override.person.name} is not called {span(override)} any more; whoever has the turn is.
      </p>
    </Confirm>
  );
}
