/** One finding in the list: two lines when comfortable, one with columns when dense. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import { type MouseEvent, memo } from "react";
import type { Finding } from "@/api/types";
import { scannerName } from "@/lib/words";
import { Avatar } from "@/ui/avatar";
import { ExploitedChip, PresenceChip, TriageChip } from "@/ui/chip";
import { Due } from "@/ui/due";
import { Checkbox } from "@/ui/field";
import { SeverityMark, SeverityWord } from "@/ui/severity";
import { identifierOf, isOpen, placeOf } from "./describe";

export type RowLook = "comfortable" | "dense" | "phone";
type FindingRowProps = {
  finding: Finding;
  index: number;
  look: RowLook;
  isCursor: boolean;
  isSelected: boolean;
  isSelecting: boolean;
  onOpen: (index: number, finding: Finding) => void;
  onToggle: (index: number, finding: Finding, isRange: boolean) => void;
};

export const FindingRow = memo(function FindingRow(props: FindingRowProps) {
  const { finding, index, look, isCursor, isSelected, isSelecting, onOpen, onToggle } = props;
  const open = (event: MouseEvent) => {
    if (isForTheLink(event)) return;
    event.preventDefault();
    if (isSelecting) onToggle(index, finding, false);
    else onOpen(index, finding);
  };
  const isPhone = look === "phone";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on the grid does the same.
    <div
      id={`row-${index}`}
      role="row"
      aria-rowindex={index + 1}
      aria-selected={isSelected}
      data-cursor={isCursor || undefined}
      onClick={open}
      className={cx(
        "relative grid h-full cursor-default items-center gap-x-3 border-b border-faint pr-4 pl-3 select-none",
        look === "dense"
          ? "grid-cols-[14px_14px_minmax(0,1fr)_auto]"
          : "grid-cols-[14px_14px_minmax(0,1fr)_auto]",
        isPhone && "grid-cols-[16px_minmax(0,1fr)_auto] items-start px-4 py-2.5",
        isSelected ? "bg-selected" : isCursor ? "bg-hover" : "hover:bg-hover",
        isCursor &&
          !isPhone &&
          "before:absolute before:inset-y-0 before:left-0 before:w-[3px] before:bg-accent",
      )}
    >
      {(!isPhone || isSelecting) && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: x does the same.
        <span
          role="gridcell"
          onClick={(event) => {
            event.stopPropagation();
            onToggle(index, finding, event.shiftKey);
          }}
          className={cx("-m-2 grid place-items-center p-2", isPhone && "mt-[-6px]")}
        >
          <Checkbox
            tabIndex={-1}
            readOnly
            checked={isSelected}
            aria-label={`Select ${finding.title}`}
            className="pointer-events-none"
          />
        </span>
      )}
      {(!isPhone || !isSelecting) && (
        <span role="gridcell" className={cx("grid", isPhone && "pt-0.5")}>
          <SeverityMark severity={finding.severity} />
          {look === "dense" && <SeverityWord severity={finding.severity} className="sr-only" />}
        </span>
      )}
      {look === "dense" ? (
        <DenseCells finding={finding} />
      ) : (
        <ComfortableCells finding={finding} isPhone={isPhone} />
      )}
    </div>
  );
});

/** A new tab or window is the link's own business. */
const isForTheLink = ({ metaKey, ctrlKey, shiftKey, button }: MouseEvent) =>
  metaKey || ctrlKey || shiftKey || button !== 0;

function Title({ finding, className }: { finding: Finding; className: string }) {
  return (
    <Link
      to="/findings/$id"
      params={{ id: finding.id }}
      tabIndex={-1}
      preload={false}
      dir="auto"
      onClick={(event) => {
        // What a plain press does, the row says: the link would go to the page, even while rows are being selected.
        if (!isForTheLink(event)) event.preventDefault();
      }}
      className={cx("font-medium text-strong", className)}
    >
      {finding.title}
    </Link>
  );
}

function ComfortableCells({ finding, isPhone }: { finding: Finding; isPhone: boolean }) {
  const identifier = identifierOf(finding);
  const [scanner, ...others] = finding.scanners;
  const place = placeOf(finding);
  return (
    <>
      <span role="gridcell" className="min-w-0">
        <span className={cx("flex gap-2", isPhone ? "items-start" : "items-center")}>
          <Title
            finding={finding}
            className={isPhone ? "line-clamp-2 [overflow-wrap:anywhere]" : "truncate"}
          />
          {finding.known_exploited && <ExploitedChip className="shrink-0" />}
        </span>
        <span className="mt-[3px] flex gap-1.5 overflow-hidden text-xs whitespace-nowrap text-muted">
          <SeverityWord severity={finding.severity} />
          <span className="max-w-[45%] shrink-0 truncate before:mr-1.5 before:content-['·']">
            <bdi className="text-default">{finding.asset.name}</bdi>
          </span>
          {identifier && (
            <span className="max-w-[40%] shrink-0 truncate before:mr-1.5 before:font-sans before:content-['·'] phone:max-w-none phone:shrink">
              <bdi className="font-mono text-code">{identifier}</bdi>
            </span>
          )}
          {!isPhone && scanner && (
            <span className="max-w-40 min-w-0 truncate before:mr-1.5 before:content-['·']">
              {scannerName(scanner)}
              {others.length > 0 && ` +${others.length}`}
            </span>
          )}
          {!isPhone && place && (
            <span
              title={place}
              className="min-w-0 flex-1 basis-0 truncate before:mr-1.5 before:content-['·']"
            >
              <bdi className="font-mono text-code">{place}</bdi>
            </span>
          )}
        </span>
      </span>
      <span role="gridcell" className="grid justify-items-end gap-[3px] text-xs">
        <span className="flex items-center gap-1.5">
          {isOpen(finding) && <Due at={finding.due_at} />}
          <Avatar name={finding.assignee?.name ?? null} size="sm" />
        </span>
        {finding.presence === "inactive" ? (
          <PresenceChip presence="inactive" />
        ) : (
          <TriageChip triage={finding.triage} isReopened={finding.is_reopened} />
        )}
      </span>
    </>
  );
}

function DenseCells({ finding }: { finding: Finding }) {
  return (
    <>
      <span role="gridcell" className="flex min-w-0 items-center gap-2">
        <Title finding={finding} className="truncate" />
        {finding.known_exploited && <ExploitedChip className="shrink-0" />}
      </span>
      <span
        role="gridcell"
        className="grid grid-cols-[104px_116px_74px_22px_92px] items-center gap-x-3 text-xs @max-[800px]:grid-cols-[104px_74px_22px_92px] @max-[600px]:grid-cols-[74px_92px]"
      >
        <span dir="auto" className="truncate text-left text-default @max-[600px]:hidden">
          {finding.asset.name}
        </span>
        <span className="truncate font-mono text-code text-muted @max-[800px]:hidden">
          {identifierOf(finding)}
        </span>
        <span className="text-right">{isOpen(finding) && <Due at={finding.due_at} />}</span>
        <span className="grid @max-[600px]:hidden">
          <Avatar name={finding.assignee?.name ?? null} size="sm" />
        </span>
        <span className="justify-self-end">
          {finding.presence === "inactive" ? (
            <PresenceChip presence="inactive" />
          ) : (
            <TriageChip triage={finding.triage} isReopened={finding.is_reopened} />
          )}
        </span>
      </span>
    </>
  );
}
