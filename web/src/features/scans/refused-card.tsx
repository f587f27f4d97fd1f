/** A report that was not taken in: why, in words of this page, and what to do about it here. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleX, RotateCw } from "lucide-react";
import { useState } from "react";
import { ApiProblem } from "@/api/problem";
import { formatBytes } from "@/lib/format";
import { Button } from "@/ui/button";
import { SelectField } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { formatsQuery } from "./queries";
import { dismissUpload, retryUpload, type Upload } from "./uploads";

/** What the server refuses until somebody says the format, and what that means to who dropped the file. */
const UNNAMED: Record<string, { title: string; ask: string; isDescribable?: true }> = {
  "urn:hauberk:problem:unsupported_format": {
    title: "Hauberk does not know this file as a report",
    ask: "If it is one all the same, say in which format. What a tool of your own writes can be ",
    isDescribable: true,
  },
  "urn:hauberk:problem:ambiguous_format": {
    title: "More than one format fits this file",
    ask: "Say which one it is.",
  },
  "urn:hauberk:problem:empty_file": {
    title: "The file is empty",
    ask: "Some scanners write that when they find nothing: if this is one of them, say its format.",
  },
};

/** Its own words, without what is for programs (a field, an address of the API) and what the title says already. */
function forPeople(detail: string | null): string | null {
  const kept = (detail ?? "")
    .split(/(?<=\.) /)
    .filter(
      (sentence) => !/`|\/api\/|^Name the format|^The file is (empty|in no report format)/.test(sentence),
    );
  return kept.join(" ") || null;
}

export function RefusedCard({ upload }: { upload: Upload }) {
  const { id, file, error, fields } = upload;
  const [format, setFormat] = useState(fields.format ?? "");
  const problem = error instanceof ApiProblem ? error : null;
  const unnamed = problem?.type ? UNNAMED[problem.type] : undefined;
  const mayWork =
    unnamed || (problem && (problem.kind !== "refused" || problem.status >= 500 || problem.status === 429));
  return (
    <Panel className="grid gap-2.5 border-danger! px-4 py-3" label={`${file.name} was not received`}>
      <div className="flex items-center gap-3">
        <CircleX size={16} aria-hidden="true" className="text-danger" />
        <span
          dir="auto"
          className="min-w-0 flex-1 truncate text-left font-medium text-strong"
          title={file.name}
        >
          {file.name}
        </span>
        <span className="text-xs text-muted">{formatBytes(file.size)}</span>
      </div>
      <ProblemNote error={problem && unnamed ? said(problem, unnamed.title) : error} />
      {unnamed && (
        <div className="grid justify-items-start gap-2">
          <p className="text-default">
            {unnamed.ask}
            {unnamed.isDescribable && (
              <>
                <Link to="/settings/mappings" className="link">
                  described
                </Link>
                .
              </>
            )}
          </p>
          <FormatField value={format} onChange={setFormat} />
        </div>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="sm"
          disabled={unnamed !== undefined && format === ""}
          onClick={() => retryUpload(id, unnamed && { ...fields, format })}
          title={mayWork ? undefined : "The answer will be the same unless something changes on the server"}
        >
          <RotateCw size={14} />
          {unnamed ? "Send as this format" : "Send again"}
        </Button>
        <Button size="sm" look="quiet" onClick={() => dismissUpload(id)}>
          Remove
        </Button>
        <span className="ml-auto text-xs text-muted">No finding was changed.</span>
      </div>
    </Panel>
  );
}

function said({ status, detail, requestId }: ApiProblem, title: string): ApiProblem {
  return new ApiProblem("refused", status, { title, detail: forPeople(detail), request_id: requestId });
}

function FormatField({ value, onChange }: { value: string; onChange: (format: string) => void }) {
  const { data: formats } = useQuery(formatsQuery);
  return (
    <SelectField label="Format of this file" value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">Choose one</option>
      {formats?.map((format) => (
        <option key={format.id} value={format.id}>
          {format.title}
        </option>
      ))}
    </SelectField>
  );
}
