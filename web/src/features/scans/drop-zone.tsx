/** Where reports are dropped or chosen; what they belong to can be said, else it is taken from the report. */
import { useQuery } from "@tanstack/react-query";
import { cx } from "class-variance-authority";
import { ChevronRight, FileUp } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import type { UploadFields } from "@/api/upload";
import { Button } from "@/ui/button";
import { Checkbox, SelectField, TextField } from "@/ui/field";
import { Logo } from "@/ui/logo";
import { formatsQuery } from "./queries";
import { startUploads } from "./uploads";

/** The server's word for: each asset that the report names. */
const AUTOMATIC = "auto";

export function DropZone({ onShowFormats }: { onShowFormats: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [fields, setFields] = useState<UploadFields>({});
  const { data: formats } = useQuery(formatsQuery);
  const isDivided = fields.asset === AUTOMATIC;
  const take = (files: Iterable<File> | null) => {
    if (files) startUploads(files, fields);
    if (input.current) input.current.value = "";
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  const scanners = formats ? new Set(formats.map((format) => format.scanner)).size : null;
  return (
    <section
      aria-label="Upload reports"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) =>
        !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(false)
      }
      onDrop={onDrop}
      className={cx(
        "rounded-lg border-[1.5px] border-dashed px-5 py-4 phone:px-4",
        isOver ? "border-accent bg-selected" : "border-control bg-panel",
      )}
    >
      <div className="flex flex-wrap items-center gap-4">
        <Logo className="size-[46px]" />
        <div className="min-w-0 flex-1 basis-52">
          <h2 className="text-md tracking-tight">{isOver ? "Let go to send" : "Drop reports here"}</h2>
          <p className="mt-0.5 text-muted">
            SARIF, CycloneDX, or the native format of{" "}
            <button type="button" onClick={onShowFormats} className="link">
              {scanners === null ? "your scanners" : `${scanners} scanners`}
            </button>
            . Recognised by content.
          </p>
        </div>
        <input
          ref={input}
          type="file"
          multiple
          className="sr-only"
          tabIndex={-1}
          aria-label="Report files"
          onChange={(event) => take(event.target.files)}
        />
        <Button look="filled" className="phone:w-full" onClick={() => input.current?.click()}>
          <FileUp size={16} strokeWidth={1.75} />
          Choose files
        </Button>
      </div>
      <details className="group mt-3">
        <summary className="reach inline-flex list-none items-center gap-1 rounded-sm text-xs text-muted hover:text-strong [&::-webkit-details-marker]:hidden">
          <ChevronRight size={13} aria-hidden="true" className="group-open:rotate-90" />
          Asset, ref, format
          {Object.values(fields).some(Boolean) && <span className="text-accent">set</span>}
        </summary>
        <div className="mt-2 grid gap-3 desk:grid-cols-3">
          <TextField
            label="Asset"
            placeholder={isDivided ? "each that the report names" : "from the report"}
            disabled={isDivided}
            value={isDivided ? "" : (fields.asset ?? "")}
            onChange={(event) => setFields({ ...fields, asset: event.target.value.trim() })}
          />
          <TextField
            label="Ref"
            placeholder="the asset’s default"
            value={fields.ref ?? ""}
            onChange={(event) => setFields({ ...fields, ref: event.target.value.trim() })}
          />
          <SelectField
            label="Format"
            value={fields.format ?? ""}
            onChange={(event) => setFields({ ...fields, format: event.target.value })}
          >
            <option value="">Recognise it</option>
            {formats?.map((format) => (
              <option key={format.id} value={format.id}>
                {format.title}
              </option>
            ))}
          </SelectField>
          <label className="flex items-center gap-2 coarse:min-h-11">
            <Checkbox
              checked={isDivided}
              onChange={(event) => setFields({ ...fields, asset: event.target.checked ? AUTOMATIC : "" })}
            />
            Several assets: divide by host, image or project
          </label>
          <label className="flex items-center gap-2 coarse:min-h-11">
            <Checkbox
              checked={fields.dry_run ?? false}
              onChange={(event) => setFields({ ...fields, dry_run: event.target.checked })}
            />
            Dry run: only show what would change
          </label>
          <label className="flex items-center gap-2 coarse:min-h-11">
            <Checkbox
              checked={fields.partial ?? false}
              onChange={(event) => setFields({ ...fields, partial: event.target.checked })}
            />
            Partial: close only within what it covers
          </label>
        </div>
      </details>
    </section>
  );
}
