/** What went wrong for good: jobs to send on their way again, and files that were refused for what they are. */
import { useQuery } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/session";
import type { FailedJob, QuarantinedFile } from "@/api/types";
import { formatBytes, plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Panel, PanelHead } from "@/ui/panel";
import { QueryList } from "@/ui/query-list";
import { EmptyState } from "@/ui/state";
import { Table, TableHead, Td, Th, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { showToast } from "@/ui/toast";
import { failedJobsQuery, quarantineQuery, useDeleteQuarantined, useRetryJobs } from "./queries";

export function FailuresSection() {
  return (
    <>
      <FailedJobs />
      {useMay("audit:read") && <Quarantine />}
    </>
  );
}

function FailedJobs() {
  const jobs = useQuery(failedJobsQuery);
  const mayRetry = useMay("jobs:write");
  const retry = useRetryJobs();
  const send = (job: FailedJob | null) =>
    retry.mutate(job, {
      onSuccess: () =>
        showToast({ text: job ? "The job is on its way again" : "They are on their way again" }),
      onError: (problem) => showToast({ text: problem.message }),
    });
  return (
    <Panel label="Failed jobs">
      <PanelHead title="Failed jobs" note="After their last attempt. Mend the cause, then send them again.">
        {mayRetry && jobs.data && jobs.data.items.length > 1 && (
          <Button size="sm" disabled={retry.isPending} onClick={() => send(null)}>
            Send all {jobs.data.total} again
          </Button>
        )}
      </PanelHead>
      <QueryList
        query={jobs}
        things="jobs"
        skeleton={{ count: 3, height: "h-12" }}
        empty={
          <EmptyState title="No job has failed">
            Whatever fails for good stays here until it is replayed.
          </EmptyState>
        }
      >
        {(items) => (
          <Table label="Failed jobs">
            <TableHead hasActs>
              <Th>Job, and what went wrong</Th>
              <Th isRight>Failed</Th>
            </TableHead>
            <tbody>
              {items.map((job) => (
                <Tr key={job.id}>
                  <Td>
                    <span className="font-mono text-code">{job.kind}</span>{" "}
                    <span className="text-xs text-muted">{plural(job.attempts, "attempt")}</span>
                    <span className="block py-1 [overflow-wrap:anywhere]">
                      {job.error?.message ?? "It did not say why."}
                    </span>
                  </Td>
                  <Td isRight>{job.finished_at && <Time at={job.finished_at} />}</Td>
                  <Td isRight>
                    {mayRetry && (
                      <Button
                        size="sm"
                        disabled={retry.isPending}
                        aria-label={`Send ${job.kind} again`}
                        onClick={() => send(job)}
                      >
                        <RotateCw size={14} />
                        Again
                      </Button>
                    )}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </QueryList>
    </Panel>
  );
}

function Quarantine() {
  const quarantine = useQuery(quarantineQuery);
  const mayDelete = useMay("organization:write");
  const [deleting, setDeleting] = useState<QuarantinedFile | null>(null);
  return (
    <Panel label="Quarantine">
      <PanelHead
        title="Quarantine"
        note="Refused for what they are. Nobody can read them; they go by themselves."
      />
      <QueryList
        query={quarantine}
        things="quarantine"
        skeleton={{ count: 2, height: "h-12" }}
        empty={
          <EmptyState title="No file was refused as dangerous">
            Programs, test viruses and archives that are bombs would lie here.
          </EmptyState>
        }
      >
        {(items) => (
          <Table label="Quarantine">
            <TableHead hasActs>
              <Th>File, and why it was refused</Th>
              <Th isRight>Refused</Th>
            </TableHead>
            <tbody>
              {items.map((file) => (
                <Tr key={file.id}>
                  <Td>
                    <bdi className="break-all">{file.file_name ?? "without a name"}</bdi>
                    <span className="num block text-xs text-muted">
                      {formatBytes(file.size_bytes)} · {file.sha256.slice(0, 12)}…
                    </span>
                    <span className="block py-1 [overflow-wrap:anywhere]">{file.detail}</span>
                  </Td>
                  <Td isRight>
                    <Time at={file.quarantined_at} />
                  </Td>
                  <Td isRight>
                    {mayDelete && (
                      <Button
                        size="sm"
                        look="quiet"
                        aria-label={`Delete ${file.file_name ?? "the file"}`}
                        onClick={() => setDeleting(file)}
                      >
                        Delete
                      </Button>
                    )}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </QueryList>
      {deleting && <DeleteDialog file={deleting} onClose={() => setDeleting(null)} />}
    </Panel>
  );
}

function DeleteDialog({ file, onClose }: { file: QuarantinedFile; onClose: () => void }) {
  const remove = useDeleteQuarantined();
  return (
    <Confirm
      title={`Delete ${file.file_name ?? "the file"}?`}
      action="Delete the file"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(file.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      Its bytes are gone then; that it came, and what it was, stays in the audit trail.
    </Confirm>
  );
}
