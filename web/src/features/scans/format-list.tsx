/** Every format that can be read: found by typing, walked with the arrows, each with its export and documentation. */
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useRef, useState } from "react";
import type { Format } from "@/api/types";
import { plural } from "@/lib/format";
import { KIND_WORD, scannerName } from "@/lib/words";
import { Chip } from "@/ui/chip";
import { Dialog, DialogBody } from "@/ui/dialog";
import { ExternalLink } from "@/ui/external-link";
import { TextField } from "@/ui/field";
import { ErrorState, SkeletonRows } from "@/ui/state";
import { formatsQuery } from "./queries";

export function FormatList({ onClose }: { onClose: () => void }) {
  const { data: formats, error, refetch } = useQuery(formatsQuery);
  const [words, setWords] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const wanted = useDeferredValue(words).trim().toLowerCase().split(/\s+/);
  const shown = (formats ?? []).filter((format) => {
    const text = `${format.id} ${format.title} ${format.scanner} ${format.kinds.join(" ")}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  const walk = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("summary") ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
    event.preventDefault();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Formats"
      note={
        formats
          ? `${plural(formats.length, "format")}, recognised by what is in the file, never by its name.`
          : undefined
      }
    >
      <DialogBody className="pb-4">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrows walk from the field into the rows. */}
        <div onKeyDown={walk} className="grid gap-3">
          <TextField
            label="Find a format"
            isLabelHidden
            autoFocus
            placeholder="Scanner, format or kind"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          {error && (
            <ErrorState
              title="The formats could not be loaded"
              error={error}
              onRetry={() => void refetch()}
            />
          )}
          {!formats && !error && <SkeletonRows count={6} />}
          <ul ref={list} className="min-h-40">
            {shown.map((format) => (
              <Row key={format.id} format={format} />
            ))}
          </ul>
        </div>
        {formats && shown.length === 0 && (
          <p className="text-muted">
            No format is called that. Hauberk’s own JSON and CSV take anything, and a mapping, under Settings,
            reads what your tool writes already.
          </p>
        )}
      </DialogBody>
    </Dialog>
  );
}

function Row({ format }: { format: Format }) {
  return (
    <li className="border-t border-faint first:border-t-0">
      <details className="group">
        <summary className="focus-inset flex min-h-10 list-none items-center gap-2 px-1 py-1 hover:bg-hover coarse:min-h-11 [&::-webkit-details-marker]:hidden">
          <ChevronRight size={13} aria-hidden="true" className="shrink-0 text-muted group-open:rotate-90" />
          <span className="min-w-0 flex-1">
            <span className="font-medium text-strong">{format.title}</span>
            <span className="block text-xs text-muted">
              {[
                format.scanner !== format.title && scannerName(format.scanner),
                format.kinds.map((kind) => KIND_WORD[kind].toLowerCase()).join(", "),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </span>
          {format.is_mapped && <Chip size="sm">Yours</Chip>}
          <code className="min-w-0 font-mono text-code break-all text-muted">{format.id}</code>
        </summary>
        <div className="grid gap-1.5 pb-3 pl-5 text-xs">
          {format.export && <p className="leading-normal">{withCode(format.export)}</p>}
          {format.versions && <p className="text-muted">Versions: {format.versions}</p>}
          {format.docs && <ExternalLink href={format.docs} />}
        </div>
      </details>
    </li>
  );
}

/** What stands between backticks is code. */
function withCode(text: string) {
  return text.split("`").map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text do not move.
      <code key={index} className="font-mono text-code break-all text-strong">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
