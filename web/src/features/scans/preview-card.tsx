/** A preview of undoing or reading again: what it comes to, and the two ways on. */
import { Link } from "@tanstack/react-router";
import { Eye } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/session";
import type { Scan } from "@/api/types";
import { Button, buttonStyle } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Panel } from "@/ui/panel";
import { Outcome } from "./outcome";
import { ORDER_WORD, type Order, useOrder } from "./use-order";

export function PreviewCard({ scan, of }: { scan: Scan; of: string }) {
  const mayWrite = useMay("scans:write");
  const [isAsked, ask] = useState(false);
  const which: Order = scan.act?.kind ?? "undo";
  const order = useOrder(of);
  const { verb, action } = ORDER_WORD[which];
  const name = scan.file_name ?? "the scan";
  return (
    <Panel label={`Preview of ${verb}`} className="border-accent!">
      <div className="flex items-start gap-3 rounded-t-lg border-b border-default bg-selected px-4 py-3">
        <Eye size={16} strokeWidth={1.75} aria-hidden="true" className="mt-px text-accent" />
        <div className="min-w-0 flex-1">
          <h2 className="text-md tracking-tight [overflow-wrap:anywhere]">
            Preview: what {verb} <bdi>{name}</bdi> would change
          </h2>
          <p className="leading-normal">
            {scan.state === "failed" ? scan.error?.message : <Outcome scan={scan} />}
          </p>
        </div>
      </div>
      <p className="px-4 pt-3 leading-normal text-muted">
        {which === "undo"
          ? "Later scans of the same series are computed again without it. Decisions, comments and tickets stay; a finding that has any is kept, inactive."
          : "The kept report is read by the present parser, and later scans of the series count anew. Decisions and comments stay."}
      </p>
      <div className="flex flex-wrap gap-2 px-4 py-3">
        <Link to="/scans/$id" params={{ id: of }} className={buttonStyle()}>
          Back to the scan
        </Link>
        {mayWrite && scan.state === "done" && (
          <Button look={which === "undo" ? "danger" : "filled"} onClick={() => ask(true)}>
            {action}
          </Button>
        )}
      </div>
      {isAsked && (
        <Confirm
          title={`${action}?`}
          action={action}
          isBusy={order.isPending}
          error={order.error}
          onConfirm={() => order.mutate({ order: which, isPreview: false })}
          onClose={() => {
            ask(false);
            order.reset();
          }}
        >
          <p>
            <Outcome scan={scan} />{" "}
            {which === "undo" && "The scan itself stays in the list, marked as undone."}
          </p>
        </Confirm>
      )}
    </Panel>
  );
}
