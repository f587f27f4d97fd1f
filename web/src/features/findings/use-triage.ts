/** Changing findings: shown at once, sent, undone within eight seconds, taken back when the server refuses. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { BulkSelection, Finding, FindingChange, FindingDetail, Job, List } from "@/api/types";
import { plural } from "@/lib/format";
import { TRIAGE_WORD } from "@/lib/words";
import { announce } from "@/ui/live-region";
import { showToast } from "@/ui/toast";
import { describeTags } from "./describe";

export type Target = { findings: Finding[] } | { matching: string; total: number };
export type Failure = { error: unknown; retry: () => void };

export const countOf = (target: Target) => ("findings" in target ? target.findings.length : target.total);

/** What the change looks like on a row before the server has answered. */
function preview(
  change: FindingChange,
  assigneeName: string | null,
  { tags }: Pick<Finding, "tags">,
): Partial<Finding> {
  const shown: Partial<Finding> = {};
  if (isTagging(change)) shown.tags = withTags(tags, change);
  if (change.triage !== undefined)
    Object.assign(shown, { triage: change.triage, triage_reason: change.reason ?? null });
  if (change.assignee !== undefined)
    shown.assignee = change.assignee === null ? null : { id: change.assignee, name: assigneeName ?? "…" };
  if (change.severity) shown.severity = change.severity;
  return shown;
}

const isTagging = (change: FindingChange) => Boolean(change.add_tags?.length || change.remove_tags?.length);

function withTags(tags: string[], { add_tags = [], remove_tags = [] }: FindingChange): string[] {
  return [...new Set([...tags.filter((tag) => !remove_tags.includes(tag)), ...add_tags])];
}

export function inverse(change: FindingChange, before: Finding): FindingChange {
  const back: FindingChange = {};
  if (change.triage !== undefined)
    Object.assign(back, { triage: before.triage, reason: before.triage_reason });
  if (change.assignee !== undefined) back.assignee = before.assignee?.id ?? null;
  if (change.severity !== undefined) Object.assign(back, severityOf(before));
  const again = change.remove_tags?.filter((tag) => before.tags.includes(tag)) ?? [];
  const off = change.add_tags?.filter((tag) => !before.tags.includes(tag)) ?? [];
  if (again.length + off.length > 0) Object.assign(back, { add_tags: again, remove_tags: off });
  return back;
}

/** What a person had set before is set again; a row of the list does not tell, and the scanner’s word stands again. */
function severityOf(before: Finding | FindingDetail): FindingChange {
  const set = "severity_override" in before ? before.severity_override : null;
  return { severity: set?.severity ?? null, severity_reason: set?.reason };
}

/** A list that was asked for before the change must not arrive after it and put the old row back. */
function forgetStaleAnswers(queryClient: QueryClient): Promise<void> {
  return queryClient.cancelQueries({
    queryKey: ["findings", "page"],
    predicate: (query) => query.state.data !== undefined,
  });
}

function patchCached(queryClient: QueryClient, patches: Map<string, Partial<Finding>>): void {
  queryClient.setQueriesData<List<Finding>>(
    { queryKey: ["findings", "page"] },
    (page) =>
      page && { ...page, items: page.items.map((finding) => ({ ...finding, ...patches.get(finding.id) })) },
  );
  for (const [id, patch] of patches)
    queryClient.setQueryData<FindingDetail>(
      ["findings", "detail", id],
      (detail) => detail && { ...detail, ...patch },
    );
}

export async function finished(job: Job): Promise<Job> {
  let current = job;
  while (current.state === "accepted" || current.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, 400));
    current = await api.get<Job>(`/jobs/${job.id}`);
  }
  if (current.state !== "done") {
    const reason = typeof current.error === "string" ? current.error : current.error?.message;
    throw new Error(reason ?? `The job ended as ${current.state}`);
  }
  return current;
}

async function sendBulk(selection: BulkSelection, change: FindingChange): Promise<Job> {
  const { job } = await api.post<{ job: Job }>(
    "/findings/bulk",
    { ...selection, change },
    { idempotencyKey: crypto.randomUUID() },
  );
  return finished(job);
}

/** One finding is changed at once, many in a job. */
async function send(target: Target, change: FindingChange): Promise<Job | null> {
  if (!("findings" in target)) return sendBulk({ q: target.matching, expected_total: target.total }, change);
  const [only] = target.findings;
  if (target.findings.length > 1 || !only)
    return sendBulk({ ids: target.findings.map((finding) => finding.id) }, change);
  await api.patch<FindingDetail>(`/findings/${only.id}`, change);
  return null;
}

/** What a job changed, the server takes back; one finding is changed again. Says what it did not take back. */
async function takeBack(target: Target, change: FindingChange, job: Job | null): Promise<string | null> {
  if (job === null) {
    const [only] = "findings" in target ? target.findings : [];
    const back = only && inverse(change, only);
    if (back && Object.keys(back).length > 0) await api.patch<FindingDetail>(`/findings/${only.id}`, back);
    return null;
  }
  const { job: undoing } = await api.post<{ job: Job }>(`/findings/bulk/${job.id}/undo`);
  const { counts } = await finished(undoing);
  return counts?.kept ? `${plural(counts.kept, "finding")} changed since: left as they are now` : null;
}

function describe(change: FindingChange, count: number, assigneeName: string | null): string {
  const many = plural(count, "finding");
  if (change.triage !== undefined) return `${many}: ${TRIAGE_WORD[change.triage].toLowerCase()}`;
  if (isTagging(change)) return `${many}: ${describeTags(change)}`;
  if (change.assignee === null) return `${many}: nobody’s now`;
  if (change.assignee !== undefined) return `${many}: ${assigneeName ?? "assigned"}`;
  return `${many}: severity ${change.severity ?? "as the scanner says"}`;
}

export function useTriage() {
  const queryClient = useQueryClient();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [changed, setChanged] = useState(0);

  const settle = (ids: string[]) => {
    void queryClient.invalidateQueries({ queryKey: ["findings", "page"], refetchType: "none" });
    void queryClient.invalidateQueries({ queryKey: ["findings", "facets"] });
    void queryClient.invalidateQueries({ queryKey: ["dashboard"] });
    for (const id of ids) void queryClient.invalidateQueries({ queryKey: ["findings", "detail", id] });
  };

  const undo = async (target: Target, change: FindingChange, job: Job | null) => {
    const findings = "findings" in target ? target.findings : [];
    patchCached(queryClient, new Map(findings.map((finding) => [finding.id, finding])));
    try {
      const left = await takeBack(target, change, job);
      announce("Undone");
      if (left) showToast({ text: left });
      setChanged((count) => Math.max(0, count - countOf(target)));
    } catch (error) {
      setFailure({ error, retry: () => void undo(target, change, job) });
    }
    if (job) void queryClient.invalidateQueries({ queryKey: ["findings"] });
    settle(findings.map((finding) => finding.id));
  };

  const apply = async (target: Target, change: FindingChange, assigneeName: string | null = null) => {
    setFailure(null);
    const text = describe(change, countOf(target), assigneeName);
    const findings = "findings" in target ? target.findings : [];
    await forgetStaleAnswers(queryClient);
    const shown = findings.map((finding) => [finding.id, preview(change, assigneeName, finding)] as const);
    patchCached(queryClient, new Map(shown));
    try {
      const job = await send(target, change);
      setChanged((count) => count + countOf(target));
      showToast({ text, action: { label: "Undo", run: () => void undo(target, change, job) } });
      if (!("findings" in target)) void queryClient.invalidateQueries({ queryKey: ["findings"] });
    } catch (error) {
      patchCached(queryClient, new Map(findings.map((finding) => [finding.id, finding])));
      setFailure({ error, retry: () => void apply(target, change, assigneeName) });
    }
    settle(findings.map((finding) => finding.id));
  };

  return {
    apply,
    failure,
    dismissFailure: () => setFailure(null),
    changed,
    forgetChanged: () => setChanged(0),
  };
}
