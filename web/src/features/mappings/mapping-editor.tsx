/** One mapping being written: a sample on the left, the document beside it, and what is read of the sample on the right. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { useRef, useState } from "react";
import { useMay } from "@/api/session";
import type { Mapping } from "@/api/types";
import { useSettled } from "@/lib/settled";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { TextArea } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { showToast } from "@/ui/toast";
import { EXAMPLE_DOCUMENT, EXAMPLE_SAMPLE } from "./example";
import { PreviewPanel } from "./preview-panel";
import { previewQuery, useDeleteMapping, useSaveMapping } from "./queries";

const MAX_SAMPLE = 256 * 1024;
const EDITOR =
  "resize-none font-mono text-code! leading-[19px] whitespace-pre overflow-auto desk:h-[calc(100vh-190px)] phone:h-64";

export function MappingEditor({ mapping }: { mapping?: Mapping }) {
  const [document, setDocument] = useState(mapping?.document ?? EXAMPLE_DOCUMENT);
  const [sample, setSample] = useState(mapping ? "" : EXAMPLE_SAMPLE);
  const area = useRef<HTMLDivElement>(null);
  const tried = { document: useSettled(document), sample: useSettled(sample) };
  const { data: preview, error, isFetching } = useQuery(previewQuery(tried.document, tried.sample));
  const isStale = isFetching || tried.document !== document || tried.sample !== sample;
  const showLine = (line: number) => {
    const text = area.current?.querySelector("textarea");
    if (!text) return;
    const lines = document.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    text.scrollTop = Math.max(0, (line - 4) * 19);
  };
  return (
    <>
      <Acts mapping={mapping} document={document} isChanged={document !== mapping?.document} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 desk:grid-cols-3">
        <Sample sample={sample} onChange={setSample} />
        <div ref={area}>
          <TextArea
            label="Mapping"
            value={document}
            onChange={(event) => setDocument(event.target.value)}
            spellCheck={false}
            autoCapitalize="off"
            className={EDITOR}
          />
        </div>
        {sample.trim() === "" ? (
          <section aria-label="What is read">
            <h2 className="min-h-6 font-medium text-strong">What is read</h2>
            <p className="text-muted">Put a report of this scanner on the left, or the beginning of one.</p>
          </section>
        ) : error && !preview ? (
          <ProblemNote error={error} />
        ) : (
          <PreviewPanel preview={preview} isStale={isStale} onLine={showLine} />
        )}
      </div>
    </>
  );
}

function Sample({ sample, onChange }: { sample: string; onChange: (sample: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined) => {
    if (file) onChange((await file.slice(0, MAX_SAMPLE).text()).slice(0, MAX_SAMPLE));
    if (input.current) input.current.value = "";
  };
  return (
    <div className="relative">
      <TextArea
        label="Sample"
        value={sample}
        onChange={(event) => onChange(event.target.value.slice(0, MAX_SAMPLE))}
        spellCheck={false}
        autoCapitalize="off"
        placeholder="A report: JSON, JSON Lines, CSV or XML"
        className={EDITOR}
      />
      <input
        ref={input}
        type="file"
        className="sr-only"
        tabIndex={-1}
        aria-label="Sample file"
        onChange={(event) => void take(event.target.files?.[0])}
      />
      <Button
        size="sm"
        look="quiet"
        className="absolute right-0 bottom-full -mb-6 coarse:-mb-7"
        onClick={() => input.current?.click()}
      >
        <FileUp size={13} aria-hidden="true" />
        From a file
      </Button>
    </div>
  );
}

type ActsProps = { mapping: Mapping | undefined; document: string; isChanged: boolean };

function Acts({ mapping, document, isChanged }: ActsProps) {
  const navigate = useNavigate();
  const maySave = useMay("formats:write");
  const save = useSaveMapping(mapping);
  const remove = useDeleteMapping();
  const [isDeleting, setDeleting] = useState(false);
  const onSave = () =>
    save.mutate(document, {
      onSuccess: (saved) => {
        showToast({ text: `Uploads can name ${saved.format} now` });
        void navigate({ to: "/settings/mappings" });
      },
    });
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 flex-1 basis-64 text-muted">
          {maySave
            ? "Nothing is kept of the sample. What is saved holds for reports from now on."
            : "You can try mappings; saving one is for administrators."}
        </p>
        {mapping && maySave && (
          <Button look="danger" onClick={() => setDeleting(true)}>
            Delete
          </Button>
        )}
        {maySave && (
          <Button look="filled" disabled={!isChanged} isBusy={save.isPending} onClick={onSave}>
            Save mapping
          </Button>
        )}
      </div>
      <ProblemNote error={save.error} />
      {mapping && isDeleting && (
        <Confirm
          title={`Delete ${mapping.title}?`}
          action="Delete mapping"
          isBusy={remove.isPending}
          error={remove.error}
          onClose={() => setDeleting(false)}
          onConfirm={() =>
            remove.mutate(mapping.id, { onSuccess: () => void navigate({ to: "/settings/mappings" }) })
          }
        >
          <p>Uploads can name {mapping.format} no more. What was read by it stays, and can be read again.</p>
        </Confirm>
      )}
    </div>
  );
}
