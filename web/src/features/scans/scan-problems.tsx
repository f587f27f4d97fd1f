/** What a report's reader could not read, item by item, and what it remarks of the report as a whole. */
import { Info } from "lucide-react";
import type { Scan } from "@/api/types";
import { plural } from "@/lib/format";
import { Panel, PanelHead } from "@/ui/panel";
import { Table, Td, Th, Tr } from "@/ui/table";

/** A problem without a position is a remark: nothing of the report was left out for it. */
export const unread = ({ problems }: Scan) => problems.filter(({ position }) => position);
export const remarks = ({ problems }: Scan) => problems.filter(({ position }) => !position);

export function Remarks({ scan }: { scan: Scan }) {
  return remarks(scan).map(({ reason }) => (
    <p key={reason} className="mt-2.5 flex gap-2 text-sm">
      <Info size={16} strokeWidth={1.75} aria-hidden="true" className="mt-0.5 flex-none text-accent" />
      <span dir="auto">{reason}</span>
    </p>
  ));
}

export function NotRead({ scan }: { scan: Scan }) {
  const problems = unread(scan);
  if (problems.length === 0) return null;
  return (
    <Panel label="Not read">
      <PanelHead
        title="Not read"
        note={`${plural(problems.length, "item")}; the rest of the report still counts`}
      />
      <Table label="Items that were not read">
        <thead>
          <tr>
            <Th>Where</Th>
            <Th>Why</Th>
          </tr>
        </thead>
        <tbody>
          {problems.map((problem) => (
            <Tr key={problem.position + problem.reason}>
              <Td>
                <code className="font-mono text-code">{problem.position}</code>
              </Td>
              <Td>
                <bdi>{problem.reason}</bdi>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
