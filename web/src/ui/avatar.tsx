/** A person's initials, or a dashed ring where nobody is. */
import { cx } from "class-variance-authority";
import { UserRound } from "lucide-react";
import { initials } from "@/lib/format";

export function Avatar({ name, size = "md" }: { name: string | null; size?: "sm" | "md" }) {
  const box = cx(
    "inline-grid shrink-0 place-items-center rounded-full border font-semibold",
    size === "sm" ? "size-[22px] text-initials" : "size-[26px] text-2xs",
  );
  if (name === null)
    return (
      <span className={cx(box, "border-dashed border-control text-muted")} title="Nobody">
        <UserRound size={11} aria-hidden="true" />
        <span className="sr-only">Nobody</span>
      </span>
    );
  return (
    <span className={cx(box, "border-strong bg-active text-strong")} title={name}>
      <span aria-hidden="true">{initials(name)}</span>
      <span className="sr-only">{name}</span>
    </span>
  );
}
