/** Large reports that were only sent in part: what to do to go on, and a way to be rid of them. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CirclePause } from "lucide-react";
import { useState } from "react";
import { discardUpload } from "@/api/resumable";
import type { UnfinishedUpload } from "@/api/types";
import { formatBytes } from "@/lib/format";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Panel } from "@/ui/panel";
import { Time } from "@/ui/time";
import { unfinishedQuery } from "./queries";
import type { Upload } from "./uploads";

export function UnfinishedUploads({ sending }: { sending: readonly Upload[] }) {
  const client = useQueryClient();
  const { data } = useQuery(unfinishedQuery);
  const [ending, setEnding] = useState<UnfinishedUpload | null>(null);
  const discard = useMutation({
    mutationFn: discardUpload,
    onSuccess: () => setEnding(null),
    onSettled: () => client.invalidateQueries({ queryKey: unfinishedQuery.queryKey }),
  });
  const busy = new Set(sending.map(({ file }) => `${file.name}|${file.size}`));
  const left = (data?.items ?? []).filter((each) => !busy.has(`${each.file_name}|${each.length}`));
  const cards = left.map((upload) => (
    <Panel
      key={upload.id}
      label={`${upload.file_name ?? "A report"} was sent in part`}
      className="flex flex-wrap items-center gap-3 px-4 py-3"
    >
      <CirclePause size={16} aria-hidden="true" className="text-muted" />
      <span className="min-w-0 flex-1 basis-60">
        <span
          dir="auto"
          className="block truncate text-left font-medium text-strong"
          title={upload.file_name ?? undefined}
        >
          {upload.file_name ?? "A report"}
        </span>
        <span className="num block text-xs text-muted">
          {formatBytes(upload.received)} of {formatBytes(upload.length)} sent <Time at={upload.created_at} />.
          Choose the same file again and it goes on from there.
        </span>
      </span>
      <Button
        size="sm"
        look="quiet"
        onClick={() => setEnding(upload)}
        aria-label={`Discard what was sent of ${upload.file_name ?? "this report"}`}
      >
        Discard
      </Button>
    </Panel>
  ));
  return (
    <>
      {cards}
      {ending && (
        <Confirm
          title={`Discard what was sent of ${ending.file_name ?? "this report"}?`}
          action="Discard it"
          isBusy={discard.isPending}
          error={discard.error}
          onConfirm={() => discard.mutate(ending.id)}
          onClose={() => setEnding(null)}
        >
          {formatBytes(ending.received)} are deleted on the server; sending the file begins anew.
        </Confirm>
      )}
    </>
  );
}
