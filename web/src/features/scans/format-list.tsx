/** Every format that can be read, with a box to find one. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { plural } from "@/lib/format";
import { KIND_WORD, scannerName } from "@/lib/words";
import { Dialog, DialogBody } from "@/ui/dialog";
import { ExternalLink } from "@/ui/external-link";
import { TextField } from "@/ui/field";
import { ErrorState, SkeletonRows } from "@/ui/state";
import { formatsQuery } from "./queries";

export function FormatList({ onClose }: { onClose: () => void }) {
  const { data: formats, error, refetch } = useQuery(formatsQuery);
  const [words, setWords] = useState("");
  const shown = (formats ?? []).filter((format) =>
    `${format.id} ${format.title} ${format.scanner}`.toLowerCase().includes(words.trim().toLowerCase()),
  );
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
        <TextField
          label="Find a format"
          isLabelHidden
          autoFocus
          placeholder="Scanner or format"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        {error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!formats && !error && <SkeletonRows count={6} />}
        <ul className="min-h-40">
          {shown.map((format) => (
            <li
              key={format.id}
              className="flex min-h-10 items-center gap-3 border-t border-faint py-1 first:border-t-0"
            >
              <span className="min-w-0 flex-1">
                <span className="font-medium text-strong">{format.title}</span>
                <span className="block text-xs text-muted">
                  {scannerName(format.scanner)}
                  {format.kinds.length > 0 &&
                    ` · ${format.kinds.map((kind) => KIND_WORD[kind].toLowerCase()).join(", ")}`}
                </span>
              </span>
              <code className="font-mono text-code text-muted">{format.id}</code>
              {format.docs && <ExternalLink href={format.docs} />}
            </li>
          ))}
        </ul>
        {formats && shown.length === 0 && (
          <p className="text-muted">
            No format is called that. The generic JSON and CSV formats take anything you can map onto them.
          </p>
        )}
      </DialogBody>
    </Dialog>
  );
}
