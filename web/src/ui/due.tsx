/** Until when a finding is to be mended, or since when it is late: in days on a screen, with the date on paper. */
import { cx } from "class-variance-authority";
import { describeDue, formatAbsolute } from "@/lib/format";
import { OnPaper } from "@/ui/time";

const TONE = { late: "font-medium text-danger", soon: "font-medium text-warn" };

type DueProps = { at: string | null; calm?: string; className?: string };

export function Due({ at, calm = "text-muted", className }: DueProps) {
  const due = describeDue(at);
  if (at === null || due === null) return null;
  return (
    <time
      dateTime={at}
      title={formatAbsolute(at)}
      className={cx("num print:whitespace-normal", due.tone === "calm" ? calm : TONE[due.tone], className)}
    >
      {due.text}
      <OnPaper at={at} />
    </time>
  );
}
