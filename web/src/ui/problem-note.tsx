/** A refused action, told where it was asked for: what happened, each field's part of it, and the id to quote. */
import { ApiProblem } from "@/api/problem";
import { CopyButton } from "@/ui/copy-button";
import { FormError } from "@/ui/field";

/** Fields that show their own message are not told twice. */
export function ProblemNote({ error, shownFields = [] }: { error: unknown; shownFields?: string[] }) {
  if (!error) return null;
  const problem = error instanceof ApiProblem ? error : null;
  const rest =
    problem?.errors.filter((each) => !shownFields.includes(each.pointer.split("/").at(-1) ?? "")) ?? [];
  return (
    <FormError>
      <p>
        {problem
          ? [problem.title, problem.detail].filter(Boolean).join(". ")
          : "This part of the page broke. Nothing was changed; try again."}
      </p>
      {rest.map((each) => (
        <p key={each.pointer + each.message}>{each.message}</p>
      ))}
      {problem?.requestId && (
        <p className="mt-0.5 flex items-center gap-1 text-xs text-muted">
          Request <code className="font-mono">{problem.requestId}</code>
          <CopyButton text={problem.requestId} label="Copy the request id" />
        </p>
      )}
    </FormError>
  );
}
