/** The verdict in one sentence, with what stands in its way. */
import { cx } from "class-variance-authority";
import type { ReactNode } from "react";
import type { ReadinessCheck } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { Panel } from "@/ui/panel";
import { Time } from "@/ui/time";
import { Rings } from "./rings";
import { blockingOf, checkedAt, describeRest, ofLevel, verdictOf, withResult } from "./verdict";

export function VerdictPanel({ checks }: { checks: ReadinessCheck[] }) {
  const verdict = verdictOf(checks);
  const at = checkedAt(checks);
  const build = checks.find((check) => check.build !== null)?.build;
  const blocking = blockingOf(checks);
  return (
    <Panel
      label="Verdict"
      className="grid grid-cols-3 overflow-hidden wide:grid-cols-[minmax(0,1.5fr)_repeat(3,minmax(0,1fr))]"
    >
      <div className="col-span-3 grid content-start gap-0.5 border-default px-4 py-3 max-wide:border-b wide:col-span-1">
        <p className="text-muted">Production readiness</p>
        <h2
          className={cx(
            "text-xl leading-snug tracking-tight text-balance",
            !verdict.isReady && "text-strong",
          )}
        >
          {verdict.text}
        </h2>
        <p className="text-xs text-muted">
          {at !== null && (
            <>
              Checked <Time at={at} />
            </>
          )}
          {build && ` · build ${build}`}
        </p>
        {blocking.length > 0 && (
          <ul className="mt-1.5 grid gap-0.5">
            {blocking.slice(0, 4).map((check) => (
              <li key={check.id} className="min-w-0">
                <a href={`#check-${check.id}`} className="link inline-flex min-h-6 items-center">
                  {check.title ?? check.id}
                </a>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Level name="Must" checks={ofLevel(checks, "must")} />
      <Level name="Should" checks={ofLevel(checks, "should")} />
      <Level name="All" checks={checks}>
        <p className="text-xs text-muted">{describeRest(checks) || "All pass"}</p>
      </Level>
    </Panel>
  );
}

function Level({ name, checks, children }: { name: string; checks: ReadinessCheck[]; children?: ReactNode }) {
  return (
    <div className="grid content-start gap-1.5 border-default px-4 py-3 border-l max-wide:nth-2:border-l-0">
      <p className="text-muted">{name}</p>
      <p className="num-big text-2xl leading-tight tracking-tight text-strong phone:text-xl">
        {formatNumber(withResult(checks, "PASS").length)}{" "}
        <span className="text-muted">
          <span aria-hidden="true">/</span>
          <span className="sr-only">of</span> {formatNumber(checks.length)}
        </span>
        <span className="sr-only"> pass</span>
      </p>
      {children ?? <Rings checks={checks} className="phone:hidden" />}
    </div>
  );
}
