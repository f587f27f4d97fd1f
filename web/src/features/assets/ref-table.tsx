/** The refs of an asset, and which of them count. */

import { useMay } from "@/api/session";
import type { Asset, AssetRef } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { Chip } from "@/ui/chip";
import { Checkbox } from "@/ui/field";
import { Panel, PanelHead } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { Table, Td, Th, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { showToast } from "@/ui/toast";
import { LastScan } from "./asset-row";
import { useChangeAsset } from "./queries";

export function RefTable({ asset }: { asset: Asset }) {
  const mayWrite = useMay("assets:write");
  const change = useChangeAsset(asset.id);
  const track = (ref: AssetRef, isTracked: boolean) =>
    change.mutate(
      { refs: [{ name: ref.name, is_tracked: isTracked }] },
      {
        onSuccess: () =>
          showToast({
            text: isTracked ? `${ref.name} is tracked` : `${ref.name} is not tracked any more`,
            action: {
              label: "Undo",
              run: () => change.mutate({ refs: [{ name: ref.name, is_tracked: !isTracked }] }),
            },
          }),
      },
    );
  const pending = change.isPending ? change.variables.refs?.[0]?.name : undefined;
  return (
    <Panel>
      <PanelHead title="Refs" note={formatNumber(asset.refs.length)} />
      {asset.refs.length === 0 ? (
        <p className="px-4 pb-4 text-muted">
          A ref is a branch, tag or environment. The first report makes the first one.
        </p>
      ) : (
        <>
          <p className="px-4 pb-2 text-xs text-muted">
            Only tracked refs make findings open. The others are shown until they expire: what was seen on
            them closes then, unless they are scanned again.
          </p>
          <Table label="Refs">
            <thead>
              <tr>
                <Th>Ref</Th>
                <Th>Tracked</Th>
                <Th isRight>Last scan</Th>
                <Th isRight>Expires</Th>
              </tr>
            </thead>
            <tbody>
              {asset.refs.map((ref) => (
                <Tr key={ref.name}>
                  <Td className="w-full max-w-0">
                    <span className="flex min-w-0 items-center gap-2">
                      <span className="truncate font-mono text-xs text-strong" title={ref.name}>
                        <bdi>{ref.name}</bdi>
                      </span>
                      {ref.is_default && <Chip size="sm">Default</Chip>}
                    </span>
                  </Td>
                  <Td>
                    <label className="flex h-full min-h-6 items-center gap-2 coarse:min-h-11">
                      <Checkbox
                        aria-label={`Track ${ref.name}`}
                        checked={pending === ref.name ? !ref.is_tracked : ref.is_tracked}
                        disabled={!mayWrite || change.isPending}
                        onChange={(event) => track(ref, event.target.checked)}
                      />
                    </label>
                  </Td>
                  <Td isRight className="text-muted">
                    <LastScan at={ref.last_scan_at} />
                  </Td>
                  <Td isRight className="text-muted">
                    {ref.expires_at ? <Time at={ref.expires_at} /> : "–"}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </>
      )}
      {change.error && (
        <div className="p-4">
          <ProblemNote error={change.error} />
        </div>
      )}
    </Panel>
  );
}
