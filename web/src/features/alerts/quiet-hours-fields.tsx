/** Hours in which a channel is told the gravest only. In a form they are read by `quietHoursOf`. */
import { useState } from "react";
import { Checkbox, TextField } from "@/ui/field";
import type { QuietHours } from "./types";

export function QuietHoursFields({ now = null }: { now?: QuietHours | null }) {
  const [isQuiet, setQuiet] = useState(now !== null);
  const zone = now?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      <label className="flex min-h-7 items-center gap-2 coarse:min-h-11">
        <Checkbox name="is_quiet" checked={isQuiet} onChange={(event) => setQuiet(event.target.checked)} />
        <span>
          Quiet hours ({zone}){now?.except_severity !== null && "; critical alerts are told all the same"}
        </span>
      </label>
      {isQuiet && (
        <div className="grid grid-cols-2 gap-3">
          <input type="hidden" name="zone" value={zone} />
          <TextField
            label="From"
            name="begins"
            type="time"
            defaultValue={now?.begins.slice(0, 5) ?? "22:00"}
            required
          />
          <TextField
            label="To"
            name="ends"
            type="time"
            defaultValue={now?.ends.slice(0, 5) ?? "07:00"}
            required
          />
        </div>
      )}
    </>
  );
}

/** What the fields say; days and exceptions that were set elsewhere stay. */
export function quietHoursOf(form: FormData, now: QuietHours | null = null): QuietHours | null {
  if (!form.has("is_quiet")) return null;
  const text = (name: string) => String(form.get(name));
  return { ...now, time_zone: text("zone"), begins: text("begins"), ends: text("ends") };
}
