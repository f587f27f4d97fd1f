/** All saved views: rename, let one hold the present filter, share, delete. */
import { useQuery } from "@tanstack/react-query";
import { Pencil, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useMay, useSession } from "@/api/session";
import type { SavedView } from "@/api/types";
import { Button, IconButton } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Dialog, DialogBody } from "@/ui/dialog";
import { Checkbox, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { EmptyState, SkeletonRows } from "@/ui/state";
import { isShown, useChangeView, useDeleteView, viewsQuery } from "./view-queries";

type Props = { query: string; sort: string; onClose: () => void };

export default function ViewsDialog({ query, sort, onClose }: Props) {
  const { data, error } = useQuery(viewsQuery);
  const { role } = useSession();
  const [leaving, leave] = useState<SavedView | null>(null);
  const remove = useDeleteView(() => leave(null));
  if (leaving)
    return (
      <Confirm
        title={`Delete ${leaving.name}`}
        action="Delete view"
        isBusy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(leaving.id)}
        onClose={() => leave(null)}
      >
        <p>
          {leaving.is_shared ? "It goes for everybody who sees it." : "It goes for good."} The findings stay
          as they are.
        </p>
      </Confirm>
    );
  return (
    <Dialog isOpen onClose={onClose} title="Saved views">
      <DialogBody className="pb-4">
        <ProblemNote error={error} />
        {!data && !error && <SkeletonRows count={3} height="h-12" />}
        {data?.items.length === 0 && (
          <EmptyState title="No view is left">Save a filter of the list as one.</EmptyState>
        )}
        <ul aria-label="Saved views" className="divide-y divide-default">
          {data?.items.map((view) => (
            <ViewRow
              key={view.id}
              view={view}
              present={isShown(view, query, sort) ? null : { q: query, sort }}
              mayDelete={view.is_own || role === "admin"}
              onDelete={() => leave(view)}
            />
          ))}
        </ul>
      </DialogBody>
    </Dialog>
  );
}

type RowProps = {
  view: SavedView;
  /** The filter of the page, when the view holds another. */
  present: { q: string; sort: string } | null;
  mayDelete: boolean;
  onDelete: () => void;
};

function ViewRow({ view, present, mayDelete, onDelete }: RowProps) {
  const mayShare = useMay("findings:write");
  const [name, setName] = useState<string | null>(null);
  const change = useChangeView(() => setName(null));
  const rename = (event: FormEvent) => {
    event.preventDefault();
    if (name?.trim()) change.mutate({ id: view.id, name: name.trim() });
  };
  return (
    <li className="grid gap-1 py-2.5">
      {name === null ? (
        <div className="flex items-center gap-1">
          <span className="min-w-0 flex-1 truncate font-medium text-strong">{view.name}</span>
          {!view.is_own && <span className="truncate text-xs text-muted">by {view.owner?.name}</span>}
          {view.is_own && (
            <IconButton size="sm" label={`Rename ${view.name}`} onClick={() => setName(view.name)}>
              <Pencil size={14} />
            </IconButton>
          )}
          {mayDelete && (
            <IconButton size="sm" label={`Delete ${view.name}`} onClick={onDelete}>
              <Trash2 size={14} />
            </IconButton>
          )}
        </div>
      ) : (
        <form onSubmit={rename} className="grid grid-cols-[minmax(0,1fr)_auto_auto] items-end gap-2">
          <TextField
            label={`Name of ${view.name}`}
            isLabelHidden
            autoFocus
            maxLength={80}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Button onClick={() => setName(null)}>Cancel</Button>
          <Button type="submit" look="filled" disabled={!name.trim()} isBusy={change.isPending}>
            Rename
          </Button>
        </form>
      )}
      <code className="font-mono text-code text-muted [overflow-wrap:anywhere]">
        {view.q || "all findings"}
      </code>
      {view.is_own && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs">
          {(mayShare || view.is_shared) && (
            <label className="flex items-center gap-2 coarse:min-h-11">
              <Checkbox
                checked={view.is_shared}
                disabled={change.isPending}
                onChange={(event) => change.mutate({ id: view.id, is_shared: event.target.checked })}
              />
              Everybody sees it
            </label>
          )}
          {present && (
            <Button
              size="sm"
              look="quiet"
              disabled={change.isPending}
              onClick={() => change.mutate({ id: view.id, ...present })}
            >
              Hold the present filter instead
            </Button>
          )}
        </div>
      )}
      <ProblemNote error={change.error} />
    </li>
  );
}
