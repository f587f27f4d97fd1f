/** Within how many days findings have to be settled: the policies, in the order in which they are asked. */
import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Plus } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/session";
import { plural } from "@/lib/format";
import { Button, IconButton } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Confirm } from "@/ui/confirm";
import { Panel, PanelHead } from "@/ui/panel";
import { QueryList } from "@/ui/query-list";
import { EmptyState } from "@/ui/state";
import { showToast } from "@/ui/toast";
import { PolicyDialog } from "./policy-dialog";
import { type Policy, policiesQuery, useDeletePolicy, useOrderPolicies } from "./queries";
import { Terms } from "./terms";

export function PoliciesSection() {
  const policies = useQuery(policiesQuery);
  const mayChange = useMay("policies:write");
  const [editing, setEditing] = useState<Policy | "new" | null>(null);
  const [deleting, setDeleting] = useState<Policy | null>(null);
  const add = (
    <Button look="filled" onClick={() => setEditing("new")}>
      <Plus size={15} aria-hidden="true" />
      New policy
    </Button>
  );
  return (
    <Panel>
      <PanelHead title="Due dates" note="For each asset the first policy that matches its tags applies.">
        {mayChange && !!policies.data?.items.length && add}
      </PanelHead>
      <QueryList
        query={policies}
        things="policies"
        skeleton={{ count: 2, height: "h-16" }}
        empty={
          <EmptyState title="Nothing is due" action={mayChange && add}>
            A policy says within how many days findings have to be settled, by severity. The list and the
            overview then show what is past due, and <code className="font-mono">is:overdue</code> finds it.
            {!mayChange && " An administrator can make one."}
          </EmptyState>
        }
      >
        {(items) => (
          <ol>
            {items.map((policy) => (
              <Row
                key={policy.id}
                policy={policy}
                ids={items.map(({ id }) => id)}
                mayChange={mayChange}
                onEdit={() => setEditing(policy)}
                onDelete={() => setDeleting(policy)}
              />
            ))}
          </ol>
        )}
      </QueryList>
      {editing && (
        <PolicyDialog policy={editing === "new" ? undefined : editing} onClose={() => setEditing(null)} />
      )}
      {deleting && <DeleteDialog policy={deleting} onClose={() => setDeleting(null)} />}
    </Panel>
  );
}

type RowProps = {
  policy: Policy;
  ids: string[];
  mayChange: boolean;
  onEdit: () => void;
  onDelete: () => void;
};

function Row({ policy, ids, mayChange, onEdit, onDelete }: RowProps) {
  return (
    <li className="grid gap-1.5 border-t border-faint px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <h3 className="font-semibold text-strong">{policy.name}</h3>
        {policy.asset_tags.length === 0 ? (
          <span className="text-xs text-muted">every asset left</span>
        ) : (
          policy.asset_tags.map((tag) => (
            <Chip key={tag} size="sm">
              {tag}
            </Chip>
          ))
        )}
        <span className="num text-xs text-muted">{plural(policy.asset_count, "asset")}</span>
        {mayChange && (
          <span className="ml-auto flex phone:-ml-2 phone:w-full">
            <Move policy={policy} ids={ids} />
            <Button size="sm" look="quiet" aria-label={`Change ${policy.name}`} onClick={onEdit}>
              Change
            </Button>
            <Button size="sm" look="quiet" aria-label={`Delete ${policy.name}`} onClick={onDelete}>
              Delete
            </Button>
          </span>
        )}
      </div>
      <Terms terms={policy} />
    </li>
  );
}

function Move({ policy, ids }: { policy: Policy; ids: string[] }) {
  const order = useOrderPolicies();
  const place = ids.indexOf(policy.id);
  const to = (other: number) => {
    const moved = ids.filter((id) => id !== policy.id);
    moved.splice(other, 0, policy.id);
    order.mutate(moved, {
      onError: () => showToast({ text: "The order was not changed: load the page again." }),
    });
  };
  if (ids.length < 2) return null;
  return (
    <>
      <IconButton
        size="sm"
        label={`Ask ${policy.name} earlier`}
        disabled={place === 0 || order.isPending}
        onClick={() => to(place - 1)}
      >
        <ArrowUp size={14} aria-hidden="true" />
      </IconButton>
      <IconButton
        size="sm"
        label={`Ask ${policy.name} later`}
        disabled={place === ids.length - 1 || order.isPending}
        onClick={() => to(place + 1)}
      >
        <ArrowDown size={14} aria-hidden="true" />
      </IconButton>
    </>
  );
}

function DeleteDialog({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  const remove = useDeletePolicy();
  return (
    <Confirm
      title={`Delete ${policy.name}?`}
      action="Delete policy"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() =>
        remove.mutate(policy.id, {
          onSuccess: () => {
            showToast({ text: `${policy.name} was deleted; due dates follow in a moment` });
            onClose();
          },
        })
      }
      onClose={onClose}
    >
      <p>
        The next policy holds for the findings of {plural(policy.asset_count, "asset")}; where there is none,
        they have no due date any more.
      </p>
    </Confirm>
  );
}
