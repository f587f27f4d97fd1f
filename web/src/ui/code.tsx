/** A code well: gutter, one marked line, a file name above. No rainbow. */
import { cx } from "class-variance-authority";
import type { ReactNode } from "react";
import { CopyButton } from "@/ui/copy-button";

type CodeProps = {
  text: string;
  head?: ReactNode;
  /** When given, the head can be copied by itself: a path is what people paste elsewhere. */
  headText?: string | null;
  note?: ReactNode;
  firstLine?: number;
  markedLine?: number;
  canCopy?: boolean;
};

export function Code({ text, head, headText, note, firstLine, markedLine, canCopy = false }: CodeProps) {
  const lines = text.replace(/\n+$/, "").split("\n");
  return (
    <div className="min-w-0 overflow-hidden rounded-md border border-default bg-sunken font-mono text-code text-source">
      {(head !== undefined || canCopy) && (
        <div className="flex min-h-[26px] items-center justify-between gap-3 border-b border-default px-2 text-2xs text-muted">
          <span className="flex min-w-0 items-center gap-1">
            <span className="min-w-0 truncate" dir="auto" title={headText ?? undefined}>
              {head}
            </span>
            {headText && <CopyButton text={headText} label="Copy the place" />}
          </span>
          <span className="flex shrink-0 items-center gap-1">
            {note}
            {canCopy && <CopyButton text={text} label="Copy the text" />}
          </span>
        </div>
      )}
      <pre
        // A region that scrolls must be reachable by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
        tabIndex={0}
        role="region"
        aria-label="Code"
        className="focus-inset overflow-x-auto py-1 font-mono leading-[19px]"
      >
        {lines.map((line, index) => {
          const number = firstLine === undefined ? null : firstLine + index;
          const isMarked = number !== null && number === markedLine;
          return (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity.
              key={index}
              className={cx(
                "grid w-max min-w-full",
                number === null ? "px-3" : "grid-cols-[44px_1fr]",
                isMarked && "bg-code-mark [box-shadow:inset_3px_0_0_var(--code-mark-edge)]",
              )}
            >
              {number !== null && <span className="pr-2 text-right text-gutter select-none">{number}</span>}
              <span className="pr-3">{line || " "}</span>
            </div>
          );
        })}
      </pre>
    </div>
  );
}
