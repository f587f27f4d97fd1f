/** What a mapping reads of a sample: the findings, what was not read, and each problem with its line. */
import type { MappingPreview, MappingProblem, SampleFinding } from "@/api/types";
import { plural } from "@/lib/format";
import { KIND_WORD } from "@/lib/words";
import { SeverityMark } from "@/ui/severity";
import { Skeleton } from "@/ui/state";

type PreviewProps = {
  preview: MappingPreview | undefined;
  isStale: boolean;
  onLine: (line: number) => void;
};

export function PreviewPanel({ preview, isStale, onLine }: PreviewProps) {
  return (
    <section aria-label="What is read" className="grid min-h-0 content-start gap-1">
      <h2 className="flex items-baseline gap-2 text-sm font-medium text-strong">
        What is read
        {preview && (
          <span aria-live="polite" className="text-xs font-regular text-muted">
            {told(preview)}
          </span>
        )}
      </h2>
      <div
        className={`overflow-auto rounded-md border border-default bg-panel desk:h-[calc(100vh-190px)] ${isStale ? "opacity-60" : ""}`}
      >
        {preview === undefined ? (
          <div className="grid gap-2 p-4" role="status" aria-label="Reading">
            <Skeleton className="h-3 w-2/3" />
            <Skeleton className="h-3 w-1/2" />
          </div>
        ) : (
          <>
            <Problems problems={preview.mapping_problems} onLine={onLine} />
            {preview.refusal && (
              <p className="border-b border-faint px-3 py-2 text-danger">{preview.refusal}</p>
            )}
            {preview.sample_problems.map((problem) => (
              <p key={problem.position + problem.reason} className="border-b border-faint px-3 py-2 text-xs">
                <span className="font-mono text-code text-muted">{problem.position}</span> {problem.reason}
              </p>
            ))}
            <ul>
              {preview.findings.map((finding, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: they have no other identity, and are not moved.
                <FindingRow key={index} finding={finding} />
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}

function told(preview: MappingPreview): string {
  if (preview.format === null) return "nothing yet";
  const shown =
    preview.findings.length < preview.finding_count ? `, the first ${preview.findings.length} shown` : "";
  const how = preview.is_recognised ? "recognised by itself" : "read where the upload names it";
  return `${plural(preview.finding_count, "finding")}${shown} · ${how}`;
}

function Problems({ problems, onLine }: { problems: MappingProblem[]; onLine: (line: number) => void }) {
  return (
    <ul aria-label="Problems of the mapping">
      {problems.map((problem) => (
        <li key={`${problem.line} ${problem.field} ${problem.message}`} className="border-b border-faint">
          <button
            type="button"
            onClick={() => onLine(problem.line)}
            className="focus-inset flex w-full gap-2 px-3 py-1.5 text-left hover:bg-hover coarse:min-h-11"
          >
            <span className="num shrink-0 text-xs text-muted">line {problem.line}</span>
            <span className="min-w-0">
              <code className="font-mono text-code text-strong">{problem.field}</code> {problem.message}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

const HEAD = new Set(["title", "severity", "severity_reported", "kind"]);

function FindingRow({ finding }: { finding: SampleFinding }) {
  const rest = Object.entries(finding).filter(([name]) => !HEAD.has(name));
  return (
    <li className="border-b border-faint px-3 py-2 last:border-b-0">
      <div className="flex items-start gap-2">
        <SeverityMark severity={finding.severity} />
        <span className="min-w-0 flex-1 font-medium break-words text-strong">{finding.title}</span>
      </div>
      <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-xs">
        <Field name="kind" value={KIND_WORD[finding.kind]} />
        {finding.severity_reported && <Field name="reported as" value={finding.severity_reported} />}
        {rest.map(([name, value]) => (
          <Field key={name} name={name} value={value} />
        ))}
      </dl>
    </li>
  );
}

function Field({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt className="text-muted">{name.replaceAll("_", " ")}</dt>
      <dd className="min-w-0 font-mono text-code break-words">{asText(value)}</dd>
    </>
  );
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join(" · ");
  if (value !== null && typeof value === "object")
    return Object.entries(value)
      .map(([name, each]) => `${name} ${asText(each)}`)
      .join(", ");
  return String(value);
}
