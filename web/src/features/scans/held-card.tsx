/** A scan on the brake: what would close, why it waits, and two ways on, equally near. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import { Hand } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useMay } from "@/api/session";
import type { Scan } from "@/api/types";
import { formatNumber, plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Panel } from "@/ui/panel";
import { Time } from "@/ui/time";
import { scanQuery } from "./queries";
import { WouldClose } from "./would-close";

type HeldCardProps = { scan: Scan; isOnItsPage?: boolean; isOneOfMany?: boolean };

export function HeldCard({ scan, isOnItsPage = false, isOneOfMany = false }: HeldCardProps) {
  const [isUnfolded, unfold] = useState(!isOneOfMany);
  const mayWrite = useMay("scans:write");
  const queryClient = useQueryClient();
  const [asked, ask] = useState<"release" | "discard" | null>(null);
  const decide = useMutation({
    mutationFn: (how: "release" | "discard") => api.post<Scan>(`/scans/${scan.id}/${how}`),
    onSuccess: (decided) => {
      ask(null);
      queryClient.setQueryData(scanQuery(scan.id).queryKey, decided);
      for (const queryKey of [["scans"], ["findings"], ["dashboard"]])
        void queryClient.invalidateQueries({ queryKey });
    },
  });
  const count = scan.held?.would_close ?? 0;
  const close = () => {
    ask(null);
    decide.reset();
  };
  return (
    <Panel label={`Held: ${scan.file_name ?? scan.id}`} className="border-warn!">
      <div
        className={cx(
          "flex items-start gap-3 bg-warn-soft px-4",
          isUnfolded ? "rounded-t-lg border-b border-warn py-3" : "rounded-lg py-2",
        )}
      >
        <Hand size={16} strokeWidth={1.75} aria-hidden="true" className="mt-px text-warn" />
        <div className="min-w-0 flex-1">
          <h2 className="text-md tracking-tight">
            Held: this scan would close {plural(count, "open finding")}
          </h2>
          <p
            className="relative truncate text-default"
            title={[scan.file_name, scan.asset?.name, scan.ref].filter(Boolean).join(" · ")}
          >
            {isOnItsPage ? (
              <bdi>{scan.file_name}</bdi>
            ) : (
              <Link to="/scans/$id" params={{ id: scan.id }} className="hover:underline">
                <bdi>{scan.file_name ?? scan.id}</bdi>
              </Link>
            )}
            {scan.asset && (
              <>
                {" · "}
                <bdi>{scan.asset.name}</bdi>
              </>
            )}
            {scan.ref && (
              <>
                {" · "}
                <bdi>{scan.ref}</bdi>
              </>
            )}{" "}
            · <Time at={scan.accepted_at} />
          </p>
        </div>
        {isOneOfMany && (
          <Button
            aria-expanded={isUnfolded}
            className="no-print self-center"
            onClick={() => unfold(!isUnfolded)}
          >
            {isUnfolded ? "Fold" : "Review"} <span className="sr-only">{scan.file_name ?? scan.id}</span>
          </Button>
        )}
      </div>
      {isUnfolded && (
        <div className="grid gap-5 px-4 py-3 desk:grid-cols-2">
          <div>
            <h3 className="mb-2">What would close</h3>
            <WouldClose scan={scan} />
          </div>
          <div>
            <h3 className="mb-2">Why it was held</h3>
            <p className="leading-normal">{scan.held?.reason}</p>
            <p className="mt-2 text-xs leading-normal text-muted">
              What is new or came back was already taken in. Only the closings wait; the next complete scan of
              the same scope takes this one’s place.
            </p>
          </div>
        </div>
      )}
      {isUnfolded && mayWrite && (
        <div className="no-print flex flex-wrap gap-2 border-t border-faint px-4 py-3">
          <Button onClick={() => ask("discard")}>Discard the closings</Button>
          <Button look="danger" onClick={() => ask("release")}>
            Apply and close {formatNumber(count)}
          </Button>
        </div>
      )}
      {asked === "release" && (
        <Confirm
          title={`Close ${plural(count, "finding")}`}
          action={`Apply and close ${formatNumber(count)}`}
          isBusy={decide.isPending}
          error={decide.error}
          onConfirm={() => decide.mutate("release")}
          onClose={close}
        >
          <p>
            The report is compared once more, then what it no longer shows becomes inactive. Decisions and
            comments stay.
          </p>
        </Confirm>
      )}
      {asked === "discard" && (
        <Confirm
          title="Discard the closings of this scan"
          action="Discard the closings"
          isBusy={decide.isPending}
          error={decide.error}
          onConfirm={() => decide.mutate("discard")}
          onClose={close}
        >
          <p>Nothing is closed. The findings stay open until a later scan shows that they are gone.</p>
        </Confirm>
      )}
    </Panel>
  );
}
