/** A runbook, as it ships with the product: headings, paragraphs, lists and code, and nothing else. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Panel } from "@/ui/panel";
import { ErrorState, SkeletonRows } from "@/ui/state";
import { AlertsFrame } from "./alerts-frame";
import { runbookQuery } from "./queries";

export function RunbookPage({ name }: { name: string }) {
  const { data, error, isPending, refetch } = useQuery(runbookQuery(name));
  return (
    <AlertsFrame>
      <Panel className="p-6 phone:p-4">
        {error ? (
          <ErrorState error={error} title="There is no such runbook" onRetry={() => void refetch()} />
        ) : isPending ? (
          <SkeletonRows count={6} />
        ) : (
          <article className="grid max-w-[72ch] gap-3 text-md leading-normal">
            <h2 className="text-xl tracking-tight">{data.title}</h2>
            {blocks(data.text)}
            <Link to="/alerts" className="link text-sm">
              Back to the alerts
            </Link>
          </article>
        )}
      </Panel>
    </AlertsFrame>
  );
}

function blocks(text: string): ReactNode[] {
  return text.split(/\n{2,}/).map((block) => {
    if (block.startsWith("## "))
      return (
        <h3 key={block} className="mt-3 text-md font-semibold">
          {block.slice(3)}
        </h3>
      );
    if (block.startsWith("- "))
      return (
        <ul key={block} className="grid list-disc gap-1 pl-5">
          {block.split("\n").map((line) => (
            <li key={line}>{inline(line.replace(/^- /, ""))}</li>
          ))}
        </ul>
      );
    return <p key={block}>{inline(block)}</p>;
  });
}

/** Code is set as code; of links the words are enough, for they lead into the source. */
function inline(text: string): ReactNode[] {
  const bare = text.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
  return bare.split(/(`[^`]+`)/).map((part, place) =>
    part.startsWith("`") ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a constant text
      <code key={place} className="rounded-xs bg-sunken px-1 font-mono text-sm break-words">
        {part.slice(1, -1)}
      </code>
    ) : (
      part
    ),
  );
}
