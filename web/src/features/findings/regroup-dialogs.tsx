/** What is one problem, decided by hand: another finding joined into this one, or some of its places split off. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import type { FindingDetail, Occurrence } from "@/api/types";
import { formatNumber, plural } from "@/lib/format";
import { scannerName } from "@/lib/words";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { Checkbox, TextArea } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { SearchField } from "@/ui/search-field";
import { SeverityLabel } from "@/ui/severity";
import { Skeleton } from "@/ui/state";
import { describePlace, placeOf } from "./describe";
import { joinableQuery, type Regroup } from "./use-regroup";

type DialogProps = { finding: FindingDetail; regroup: Regroup; onClose: () => void };

export function JoinDialog({ finding, regroup, onClose }: DialogProps) {
  const [words, setWords] = useState("");
  const [chosen, choose] = useChosen();
  const { data, error } = useQuery(joinableQuery(finding, words));
  const others = data?.items.filter((each) => each.id !== finding.id);
  const send = (reason: string | null) =>
    regroup.join.mutate({ findings: [...chosen], reason }, { onSuccess: onClose });
  return (
    <RegroupDialog
      title="Join findings into this one"
      note="Their places, comments and history belong to this one then, in later scans too. It can be undone."
      action={chosen.size > 0 ? `Join ${plural(chosen.size, "finding")}` : "Join"}
      isReady={chosen.size > 0}
      isBusy={regroup.join.isPending}
      error={error ?? regroup.join.error}
      onSubmit={send}
      onClose={onClose}
    >
      <SearchField
        label="Search this asset’s findings"
        placeholder="Title, path, identifier"
        value={words}
        onChange={setWords}
      />
      {others === undefined && !error && <Skeleton className="h-32 w-full" />}
      {others?.length === 0 && (
        <p className="text-muted">
          {words
            ? "Nothing of this asset and kind matches. Try other words."
            : "This asset has no other finding of this kind."}
        </p>
      )}
      {others !== undefined && others.length > 0 && (
        <ChoiceList label="Findings to join">
          {others.slice(0, 20).map((other) => (
            <Choice key={other.id} isChosen={chosen.has(other.id)} onChange={() => choose(other.id)}>
              <span className="flex min-w-0 items-center gap-2">
                <SeverityLabel severity={other.severity} />
                <span dir="auto" className="truncate font-medium text-strong">
                  {other.title}
                </span>
              </span>
              <span className="block truncate font-mono text-code text-muted">{placeOf(other)}</span>
            </Choice>
          ))}
        </ChoiceList>
      )}
      {data !== undefined && data.total > 21 && (
        <p className="text-xs text-muted">
          The 20 most urgent of {formatNumber(data.total)}. Search to see others.
        </p>
      )}
    </RegroupDialog>
  );
}

export function SplitDialog({ finding, regroup, onClose }: DialogProps) {
  const [chosen, choose] = useChosen();
  const open = finding.occurrences.filter((occurrence) => occurrence.is_open);
  const isReady = chosen.size > 0 && chosen.size < open.length;
  const send = (reason: string | null) =>
    regroup.split.mutate({ occurrences: [...chosen], reason }, { onSuccess: onClose });
  return (
    <RegroupDialog
      title="Split places off"
      note="They become a finding of their own with the same decision; later scans keep it. It can be undone."
      action={chosen.size > 0 ? `Split off ${plural(chosen.size, "place")}` : "Split off"}
      isReady={isReady}
      isBusy={regroup.split.isPending}
      error={regroup.split.error}
      onSubmit={send}
      onClose={onClose}
    >
      <ChoiceList label="Places to split off">
        {open.map((occurrence) => (
          <Choice
            key={occurrence.id}
            isChosen={chosen.has(occurrence.id)}
            onChange={() => choose(occurrence.id)}
          >
            <span className="block truncate font-mono text-code text-strong">
              {placeOfOccurrence(occurrence)}
            </span>
            <span className="flex items-center gap-1.5 text-xs text-muted">
              {scannerName(occurrence.scanner)} on {occurrence.ref}
              {!occurrence.is_tracked && <Chip size="sm">not tracked</Chip>}
            </span>
          </Choice>
        ))}
      </ChoiceList>
      {chosen.size === open.length && <p className="text-xs text-danger">Leave at least one place.</p>}
    </RegroupDialog>
  );
}

function placeOfOccurrence({ location, component }: Occurrence): string {
  const name = component && [component.name, component.version].filter(Boolean).join(" ");
  return [describePlace(location) ?? component?.path, name].filter(Boolean).join(" · ") || "no place given";
}

function useChosen(): [ReadonlySet<string>, (id: string) => void] {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) =>
    setChosen(
      (before) => new Set(before.has(id) ? [...before].filter((each) => each !== id) : [...before, id]),
    );
  return [chosen, toggle];
}

function RegroupDialog({
  title,
  note,
  action,
  isReady,
  isBusy,
  error,
  onSubmit,
  onClose,
  children,
}: {
  title: string;
  note: string;
  action: string;
  isReady: boolean;
  isBusy: boolean;
  error: unknown;
  onSubmit: (reason: string | null) => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const [reason, setReason] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) onSubmit(reason.trim() || null);
  };
  return (
    <Dialog isOpen onClose={onClose} title={title} note={note}>
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <div className="grid gap-3">
            {children}
            <TextArea
              label="Reason, for those who ask why"
              className="min-h-9! field-sizing-content"
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
            <ProblemNote error={error} />
          </div>
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" disabled={!isReady} isBusy={isBusy}>
            {action}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

function ChoiceList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <fieldset className="max-h-64 overflow-y-auto rounded-md border border-default">
      <legend className="sr-only">{label}</legend>
      {children}
    </fieldset>
  );
}

function Choice({
  isChosen,
  onChange,
  children,
}: {
  isChosen: boolean;
  onChange: () => void;
  children: ReactNode;
}) {
  return (
    <label className="grid cursor-pointer grid-cols-[auto_minmax(0,1fr)] items-start gap-2.5 border-t border-faint px-3 py-2 first-of-type:border-t-0 hover:bg-hover has-checked:bg-selected coarse:min-h-11">
      <Checkbox className="mt-0.5" checked={isChosen} onChange={onChange} />
      <span className="min-w-0">{children}</span>
    </label>
  );
}
