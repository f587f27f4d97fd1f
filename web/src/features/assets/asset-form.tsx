/** The fields of an asset, for a new one and for a change. */
import { type FormEvent, useState } from "react";
import { isProblem } from "@/api/problem";
import type { Asset } from "@/api/types";
import { tagsOf } from "@/lib/tags";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { ASSET_KIND_WORD, assetKindName } from "./asset-kinds";
import { type NewAsset, useChangeAsset, useCreateAsset } from "./queries";

const FIELDS = ["name", "kind", "default_ref", "tags"];

type FormProps = {
  title: string;
  action: string;
  start: NewAsset;
  refs: string[];
  isBusy: boolean;
  error: unknown;
  onSubmit: (given: NewAsset) => void;
  onClose: () => void;
};

function AssetForm({ title, action, start, refs, isBusy, error, onSubmit, onClose }: FormProps) {
  const [kind, setKind] = useState(start.kind);
  const problem = isProblem(error) ? error : null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? "").trim();
    onSubmit({
      name: text("name"),
      kind,
      default_ref: text("default_ref"),
      tags: tagsOf(text("tags")),
    });
  };
  const kinds = [...new Set([...Object.keys(ASSET_KIND_WORD), start.kind])];
  return (
    <Dialog isOpen onClose={onClose} title={title}>
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <TextField
            label="Name"
            name="name"
            required
            autoFocus
            maxLength={300}
            defaultValue={start.name}
            autoComplete="off"
            spellCheck={false}
            hint="What reports and pipelines call it: --asset NAME. Large and small letters are the same."
            error={problem?.for("name")}
          />
          <div className="grid grid-cols-2 gap-3 phone:grid-cols-1">
            <SelectField
              label="Kind"
              value={kind}
              onChange={(event) => setKind(event.target.value)}
              error={problem?.for("kind")}
            >
              {kinds.map((each) => (
                <option key={each} value={each}>
                  {assetKindName(each)}
                </option>
              ))}
            </SelectField>
            <TextField
              label="Default ref"
              name="default_ref"
              required
              maxLength={300}
              list="asset-refs"
              defaultValue={start.default_ref ?? "main"}
              placeholder="main"
              autoComplete="off"
              spellCheck={false}
              className="font-mono"
              error={problem?.for("default_ref")}
            />
            <datalist id="asset-refs">
              {refs.map((ref) => (
                <option key={ref} value={ref} />
              ))}
            </datalist>
          </div>
          <TextField
            label="Tags"
            name="tags"
            defaultValue={start.tags.join(", ")}
            placeholder="payments, internet-facing"
            autoComplete="off"
            hint={
              <>
                Separated by commas. Filter by them with <code className="font-mono">asset.tag:payments</code>
                .
              </>
            }
            error={problem?.for("tags")}
          />
          <ProblemNote error={error} shownFields={FIELDS} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={isBusy}>
            {action}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

export function NewAssetDialog({
  onClose,
  onCreated,
}: {
  onClose: () => void;
  onCreated: (asset: Asset) => void;
}) {
  const create = useCreateAsset(onCreated);
  return (
    <AssetForm
      title="New asset"
      action="Create asset"
      start={{ name: "", kind: "repository", default_ref: "main", tags: [] }}
      refs={[]}
      isBusy={create.isPending}
      error={create.error}
      onSubmit={(given) => create.mutate(given)}
      onClose={onClose}
    />
  );
}

export function EditAssetDialog({ asset, onClose }: { asset: Asset; onClose: () => void }) {
  const change = useChangeAsset(asset.id, onClose);
  const { name, kind, default_ref, tags } = asset;
  return (
    <AssetForm
      title={`Edit ${name}`}
      action="Save changes"
      start={{ name, kind, default_ref, tags }}
      refs={asset.refs.map((ref) => ref.name)}
      isBusy={change.isPending}
      error={change.error}
      onSubmit={(given) =>
        change.mutate({
          ...(given.name !== name && { name: given.name }),
          ...(given.kind !== kind && { kind: given.kind }),
          ...(given.default_ref !== default_ref && { default_ref: given.default_ref }),
          ...(given.tags.join() !== tags.join() && { tags: given.tags }),
        })
      }
      onClose={onClose}
    />
  );
}
