/** One group of checks: what needs a look always open, what passes folded. */
import { cx } from "class-variance-authority";
import { Ellipsis } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { ReadinessCheck } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { ResultLabel } from "@/ui/result-mark";
import { Time } from "@/ui/time";
import { describePassing, evidenceText, type Group, kindOf, LEVEL_WORD } from "./verdict";

export const COLUMNS = 7;

const AssignDialog = lazy(async () => ({ default: (await import("./row-dialogs")).AssignDialog }));
const WaiveDialog = lazy(async () => ({ default: (await import("./row-dialogs")).WaiveDialog }));
const WithdrawDialog = lazy(async () => ({ default: (await import("./row-dialogs")).WithdrawDialog }));

type CheckGroupProps = {
  group: Group;
  isUnfolded: boolean;
  mayWrite: boolean;
  onFold: (isUnfolded: boolean) => void;
};

export function CheckGroup({ group, isUnfolded, mayWrite, onFold }: CheckGroupProps) {
  const { name, open, passing } = group;
  const shown = isUnfolded ? [...open, ...passing] : open;
  return (
    <tbody>
      <tr className="phone:block">
        <th
          scope="rowgroup"
          colSpan={COLUMNS}
          className="border-y border-default bg-sunken px-4 text-left font-semibold text-strong phone:block"
        >
          <div className="flex min-h-8 flex-wrap items-center gap-x-2">
            {name}
            <span className="num font-regular text-muted">{describePassing(group)}</span>
            {passing.length > 0 && (
              <button
                type="button"
                aria-expanded={isUnfolded}
                onClick={() => onFold(!isUnfolded)}
                className="link ml-auto min-h-6 text-xs coarse:min-h-11"
              >
                {isUnfolded ? "Hide" : "Show"} {formatNumber(passing.length)} that{" "}
                {passing.length === 1 ? "passes" : "pass"} <span className="sr-only">in {name}</span>
              </button>
            )}
          </div>
        </th>
      </tr>
      {shown.map((check) => (
        <CheckRow key={check.id} check={check} mayWrite={mayWrite} />
      ))}
    </tbody>
  );
}

const cell = "px-2 py-2 align-top first:pl-4 phone:block phone:px-0 phone:py-0.5 phone:first:pl-0";
/** Where there is no room, these are said elsewhere or left out. */
const wideCell = "hidden px-2 py-2 align-top text-xs last:pr-4 wide:table-cell";

function CheckRow({ check, mayWrite }: { check: ReadinessCheck; mayWrite: boolean }) {
  const isFailing = check.result === "FAIL";
  const kind = kindOf(check.kind);
  const quiet = isFailing ? "text-default" : "text-muted";
  return (
    <tr
      id={`check-${check.id}`}
      className={cx(
        "scroll-mt-16 border-b border-faint target:outline-2 target:-outline-offset-2 target:outline-(--focus-ring) phone:relative phone:block phone:py-2.5 phone:pr-4 phone:pl-24",
        isFailing && "bg-danger-soft [box-shadow:inset_3px_0_0_var(--danger-solid)]",
      )}
    >
      <td className={cx(cell, "w-24 whitespace-nowrap phone:absolute phone:top-2.5 phone:left-4")}>
        <ResultLabel result={check.result} />
      </td>
      <td className={cx(cell, "desk:w-[26%]")}>
        <span className="font-medium text-strong">{check.title ?? check.id}</span>
        <span className={cx("ml-1.5 font-mono text-2xs whitespace-nowrap", quiet)}>{check.id}</span>
        <span className={cx("ml-1.5 text-xs wide:hidden", quiet)}>{LEVEL_WORD[check.level]}</span>
      </td>
      <td className={cx(wideCell, quiet)}>{LEVEL_WORD[check.level]}</td>
      <td
        className={cx(
          cell,
          "font-mono text-xs leading-normal [overflow-wrap:anywhere] text-default desk:w-[28%]",
        )}
      >
        {evidenceText(check.evidence) || <span className="phone:hidden">–</span>}
      </td>
      <td className={cx(wideCell, quiet)} title={kind.note}>
        {kind.word}
      </td>
      <td className={cx(cell, "text-xs leading-normal [overflow-wrap:anywhere] text-default max-wide:pr-4")}>
        {mayWrite && <RowMenu check={check} />}
        {check.advice !== null && check.result !== "PASS" && <Advice text={check.advice} />}
        <Assigned check={check} />
      </td>
      <td className={cx(wideCell, "num text-right", quiet)}>
        {check.observed_at === null ? "–" : <Time at={check.observed_at} />}
      </td>
    </tr>
  );
}

function Assigned({ check: { owner, due_on, result } }: { check: ReadinessCheck }) {
  if (!owner && !due_on) return null;
  const isLate = result !== "PASS" && !!due_on && due_on < new Date().toISOString().slice(0, 10);
  return (
    <p className={cx("mt-0.5", isLate ? "text-danger" : "text-muted")}>
      {owner ?? "Nobody yet"}
      {due_on && `, ${isLate ? "late since" : "due"} ${due_on}`}
    </p>
  );
}

function RowMenu({ check }: { check: ReadinessCheck }) {
  const [dialog, setDialog] = useState<"assign" | "waive" | "withdraw" | null>(null);
  const close = () => setDialog(null);
  return (
    <span className="float-right -mt-1 ml-2">
      <Menu
        trigger={
          <IconButton label={`More about ${check.id}`} size="sm">
            <Ellipsis size={15} />
          </IconButton>
        }
      >
        <MenuItem onSelect={() => setDialog("assign")}>Owner and due date…</MenuItem>
        {check.waiver ? (
          <MenuItem onSelect={() => setDialog("withdraw")}>End the waiver…</MenuItem>
        ) : (
          <MenuItem onSelect={() => setDialog("waive")}>Waive…</MenuItem>
        )}
      </Menu>
      <Suspense>
        {dialog === "assign" && <AssignDialog check={check} onClose={close} />}
        {dialog === "waive" && <WaiveDialog check={check} onClose={close} />}
        {dialog === "withdraw" && <WithdrawDialog check={check} onClose={close} />}
      </Suspense>
    </span>
  );
}

/** What is to be typed: text in backticks, commands in quotes, names of settings. */
const TYPED = /`([^`]+)`|'(hauberk [^']+)'|\b(HAUBERK_[A-Z_]+)/;

function Advice({ text }: { text: string }) {
  const match = TYPED.exec(text);
  if (match === null) return text;
  const [whole, ticked, quoted, setting] = match;
  return (
    <>
      {text.slice(0, match.index)}
      <code className="font-mono break-words text-strong">{ticked ?? quoted ?? setting}</code>
      <Advice text={text.slice(match.index + whole.length)} />
    </>
  );
}
