/** Four weeks as a calendar: each day says who is called, and where nobody is. Times are the browser's. */
import { useQuery } from "@tanstack/react-query";
import { cx } from "class-variance-authority";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { initials } from "@/lib/format";
import { IconButton } from "@/ui/button";
import { timelineQuery } from "./queries";
import type { Schedule, Timeline } from "./types";

const DAY = 86_400_000;
const WEEKS = 4;
const dayName = new Intl.DateTimeFormat("en-GB", { weekday: "short" });
const dayOf = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

type Part = { key: string; text: string; from: string | null; isGap: boolean; isOverride: boolean };

function mondayOf(weeksAhead: number): Date {
  const now = new Date();
  return new Date(
    now.getFullYear(),
    now.getMonth(),
    now.getDate() - ((now.getDay() + 6) % 7) + 7 * weeksAhead,
  );
}

function addDays(day: Date, days: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
}

/** The instants between which the calendar's weeks lie. */
export function weeksFrom(weeksAhead: number): [string, string] {
  const first = mondayOf(weeksAhead);
  return [first.toISOString(), addDays(first, 7 * WEEKS).toISOString()];
}

/** What is shown of one day: the shifts and gaps in it, with the time where one begins. */
function partsOf(timeline: Timeline | undefined, day: Date): Part[] {
  if (timeline === undefined) return [];
  const end = addDays(day, 1).getTime();
  const all = [
    ...timeline.shifts.map((shift) => ({
      ...shift,
      text: shift.person.name,
      isGap: false,
      isOverride: shift.layer === null,
    })),
    ...timeline.gaps.map((gap) => ({ ...gap, text: "Nobody", isGap: true, isOverride: false })),
  ];
  return all
    .filter((each) => Date.parse(each.starts_at) < end && Date.parse(each.ends_at) > day.getTime())
    .sort((one, other) => one.starts_at.localeCompare(other.starts_at))
    .map(({ starts_at, text, isGap, isOverride }) => ({
      key: `${starts_at} ${text}`,
      text,
      from: Date.parse(starts_at) > day.getTime() ? clock.format(new Date(starts_at)) : null,
      isGap,
      isOverride,
    }));
}

export function OnCallCalendar({ schedule }: { schedule: Schedule }) {
  const [weeksAhead, setWeeksAhead] = useState(0);
  const first = mondayOf(weeksAhead);
  const last = addDays(first, 7 * WEEKS);
  const { data } = useQuery(timelineQuery(schedule.id, ...weeksFrom(weeksAhead)));
  const days = Array.from({ length: 7 * WEEKS }, (_, place) => addDays(first, place));
  const today = new Date().toDateString();
  return (
    <div className="border-t border-default">
      <div className="flex items-center gap-2 px-4 py-2">
        <span className="num text-xs text-muted">
          {dayOf.format(first)} – {dayOf.format(new Date(last.getTime() - DAY / 2))}
        </span>
        <span className="flex-1" />
        <IconButton label="Four weeks earlier" onClick={() => setWeeksAhead(weeksAhead - WEEKS)}>
          <ChevronLeft size={16} aria-hidden="true" />
        </IconButton>
        <IconButton label="Four weeks later" onClick={() => setWeeksAhead(weeksAhead + WEEKS)}>
          <ChevronRight size={16} aria-hidden="true" />
        </IconButton>
      </div>
      <ol
        aria-label={`Who is on call in ${schedule.name}, day by day`}
        aria-busy={data === undefined}
        className="grid grid-cols-7 border-t border-default phone:grid-cols-1"
      >
        {days.map((day) => (
          <li
            key={day.toISOString()}
            aria-current={day.toDateString() === today ? "date" : undefined}
            className={cx(
              "grid min-h-16 content-start gap-0.5 border-r border-b border-default p-1.5 phone:flex phone:min-h-9 phone:flex-wrap phone:items-center phone:gap-2 phone:px-4 desk:nth-[7n]:border-r-0",
              day.toDateString() === today && "bg-active",
            )}
          >
            <span className="num text-2xs text-muted phone:w-20">
              {dayName.format(day)} {dayOf.format(day)}
            </span>
            {partsOf(data, day).map((part) => (
              <span
                key={part.key}
                title={part.text}
                className={cx(
                  "truncate rounded-xs px-1 text-xs",
                  part.isGap ? "bg-danger-soft text-danger" : "bg-hover text-default",
                  part.isOverride && "border border-dashed border-strong",
                )}
              >
                {part.from && <span className="num text-muted">{part.from} </span>}
                <span className="phone:hidden peek:hidden">
                  {part.isGap ? part.text : initials(part.text)}
                </span>
                <span className="hidden phone:inline peek:inline">{part.text}</span>
              </span>
            ))}
          </li>
        ))}
      </ol>
      <p className="px-4 py-2 text-xs text-muted">
        In your own time. A dashed border is an override; handovers follow the clock of {schedule.time_zone}.
      </p>
    </div>
  );
}
