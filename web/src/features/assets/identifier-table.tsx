/** What else an asset is known by in reports, who says so, and how people put it right. */
import { Link } from "@tanstack/react-router";
import { Plus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { isProblem } from "@/api/problem";
import { useMay } from "@/api/session";
import type { AssetDetail, AssetIdentifier } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { scannerName } from "@/lib/words";
import { Button, IconButton } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { Panel, PanelHead } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { Table, TableHead, Td, Th, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { showToast } from "@/ui/toast";
import { IDENTIFIER_WORD, identifierKindName } from "./asset-kinds";
import { useAddIdentifier, useRemoveIdentifier } from "./queries";

export function IdentifierTable({ asset }: { asset: AssetDetail }) {
  const mayWrite = useMay("assets:write");
  const [isAdding, setAdding] = useState(false);
  const add = useAddIdentifier(asset.id);
  const remove = useRemoveIdentifier(asset.id);
  const takeAway = (each: AssetIdentifier) =>
    remove.mutate(each, {
      onSuccess: () =>
        showToast({
          text: `${each.value} tells ${asset.name} no more`,
          action: { label: "Undo", run: () => add.mutate(each) },
        }),
    });
  return (
    <Panel>
      <PanelHead title="Also known as" note={formatNumber(asset.identifiers.length)}>
        {mayWrite && (
          <Button size="sm" onClick={() => setAdding(true)}>
            <Plus size={13} aria-hidden="true" />
            Add
          </Button>
        )}
      </PanelHead>
      {asset.identifiers.length === 0 ? (
        <p className="px-4 pb-4 text-muted">
          Reports teach what tells this asset: a repository’s address, an image’s digest, a machine’s ids. A
          report that names no asset then finds it.
        </p>
      ) : (
        <Table label="Also known as">
          <TableHead hasActs={mayWrite}>
            <Th>Identifier</Th>
            <Th>Said by</Th>
            <Th isRight>Since</Th>
            <Th isRight>Last seen</Th>
          </TableHead>
          <tbody>
            {asset.identifiers.map((each) => (
              <Tr key={`${each.kind}:${each.value}`}>
                <Td className="w-full min-w-40">
                  <span className="grid min-w-0 py-1">
                    <span className="flex flex-wrap items-center gap-1.5 text-xs text-muted">
                      {identifierKindName(each.kind)}
                      {each.is_shared && (
                        <Chip
                          tone="warn"
                          size="sm"
                          title="Another asset is known by it too: it tells neither."
                        >
                          Shared
                        </Chip>
                      )}
                    </span>
                    <bdi className="font-mono text-xs break-all text-strong">{each.value}</bdi>
                    <span className="text-xs text-muted desk:hidden">
                      <SaidBy identifier={each} /> · <LastSeen identifier={each} />
                    </span>
                  </span>
                </Td>
                <Td className="whitespace-nowrap text-muted phone:hidden">
                  <SaidBy identifier={each} />
                </Td>
                <Td isRight className="whitespace-nowrap text-muted phone:hidden">
                  <Time at={each.first_seen_at} />
                </Td>
                <Td isRight className="whitespace-nowrap text-muted phone:hidden">
                  <LastSeen identifier={each} />
                </Td>
                {mayWrite && (
                  <Td isRight>
                    <IconButton
                      size="sm"
                      label={`Take away ${each.value}`}
                      disabled={remove.isPending}
                      onClick={() => takeAway(each)}
                    >
                      <X size={14} aria-hidden="true" />
                    </IconButton>
                  </Td>
                )}
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {(remove.error || (add.error && !isAdding)) && (
        <div className="p-4">
          <ProblemNote error={remove.error ?? add.error} />
        </div>
      )}
      {isAdding && <AddDialog asset={asset} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function SaidBy({ identifier }: { identifier: AssetIdentifier }) {
  if (identifier.added_by) return <>{identifier.added_by.name}</>;
  const name = identifier.scanner ? scannerName(identifier.scanner) : "A report";
  if (!identifier.scan_id) return <>{name}</>;
  return (
    <Link to={`/scans/${identifier.scan_id}` as string} className="link">
      {name}
    </Link>
  );
}

/** People’s word does not age; an address that nobody saw for long may be another’s. */
function LastSeen({ identifier: { added_by, last_seen_at, tells_until } }: { identifier: AssetIdentifier }) {
  if (added_by) return <>by hand</>;
  if (tells_until && Date.parse(tells_until) < Date.now())
    return (
      <span title="Not seen for so long, it tells nothing any more.">
        <Time at={last_seen_at} /> · expired
      </span>
    );
  return <Time at={last_seen_at} />;
}

function AddDialog({ asset, onClose }: { asset: AssetDetail; onClose: () => void }) {
  const [kind, setKind] = useState("repository");
  const add = useAddIdentifier(asset.id, onClose);
  const problem = isProblem(add.error) ? add.error : null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    add.mutate({ kind, value: String(new FormData(event.currentTarget).get("value") ?? "").trim() });
  };
  return (
    <Dialog isOpen onClose={onClose} title={`What else tells ${asset.name}`}>
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <SelectField label="Kind" value={kind} onChange={(event) => setKind(event.target.value)}>
            {Object.entries(IDENTIFIER_WORD).map(([each, { name }]) => (
              <option key={each} value={each}>
                {name}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Value"
            name="value"
            required
            autoFocus
            maxLength={500}
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            placeholder={IDENTIFIER_WORD[kind]?.example}
            hint="A report that has it, and names no asset, is about this one."
            error={problem?.for("value")}
          />
          {add.error && !problem?.for("value") && <ProblemNote error={add.error} />}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={add.isPending}>
            Add
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
