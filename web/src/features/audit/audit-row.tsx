/** One event: a line that says who did what, and below it, when it is opened, all that is known. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { pageOfId } from "@/lib/page-of-id";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy-button";
import { Time } from "@/ui/time";
import type { AuditEvent, AuditState } from "./queries";
import { actionWords, BY_WORD, detailsOf, gistOf, subjectWords } from "./words";

export function AuditRow({ event, onFilter }: { event: AuditEvent; onFilter: (change: AuditState) => void }) {
  const { actor, subject } = event;
  const by = BY_WORD[actor.type];
  const gist = gistOf(event);
  const subjectName = subject.id ?? subjectWords(subject.type);
  return (
    <li className="border-b border-faint last:border-b-0">
      <details className="group/event">
        <summary className="focus-inset grid cursor-default list-none grid-cols-[16px_minmax(0,1fr)_minmax(0,1.6fr)_minmax(0,1fr)_168px] items-center gap-x-3 px-4 py-2 hover:bg-hover coarse:min-h-11 phone:grid-cols-[16px_minmax(0,1fr)_auto]">
          <ChevronRight
            size={14}
            aria-hidden="true"
            className="text-muted transition-transform duration-[var(--motion-fast)] group-open/event:rotate-90"
          />
          <span className="truncate font-medium text-strong">{actionWords(event.action)}</span>
          <span
            className="truncate phone:order-last phone:col-start-2 phone:text-xs"
            title={gist ?? subjectName}
          >
            {gist && <bdi className="text-default">{gist} </bdi>}
            <span className={cx("font-mono text-code text-muted", gist && "phone:hidden")}>
              {subjectName}
            </span>
          </span>
          <span
            className="truncate phone:order-last phone:max-w-36 phone:justify-self-end phone:text-xs phone:text-muted"
            title={actor.name}
          >
            <bdi>{actor.name}</bdi> {by && <span className="text-xs text-muted">{by}</span>}
          </span>
          {/* An auditor compares moments: here they are what is read, not how long ago it was. */}
          <Time
            at={event.at}
            look="absolute"
            className="text-right text-xs whitespace-nowrap text-muted phone:hidden"
          />
          <Time
            at={event.at}
            className="hidden text-right text-xs whitespace-nowrap text-muted phone:block"
          />
        </summary>
        <div className="grid gap-3 pt-1 pr-4 pb-4 pl-11">
          <dl className="grid grid-cols-[128px_minmax(0,1fr)] gap-y-1.5 text-xs phone:grid-cols-[104px_minmax(0,1fr)]">
            <Line name="When">
              <Time at={event.at} look="absolute" />{" "}
              <span className="font-mono text-code text-muted">{event.at}</span>
            </Line>
            <Line name="Who">
              {actor.name} <Id id={actor.id} />
            </Line>
            <Line name={subjectWords(subject.type)}>
              <Id id={subject.id} />
            </Line>
            {detailsOf(event.action, event.detail).map(({ name, was, is }) => (
              <Line key={name} name={name}>
                {was !== undefined && (
                  <>
                    <del className="text-muted">{was}</del> <span aria-hidden="true">→</span>{" "}
                  </>
                )}
                <span className="text-strong">{is}</span>
              </Line>
            ))}
            {event.request_id && (
              <Line name="Request">
                <Id id={event.request_id} />
              </Line>
            )}
            <Line name="Event">
              <Id id={event.id} />{" "}
              <span className="text-muted">
                {event.link === null ? "not sealed yet" : `link ${event.link} of the chain`}
              </span>
            </Line>
          </dl>
          <div className="flex flex-wrap gap-2">
            {subject.id && (
              <Button size="sm" onClick={() => onFilter({ subject: subject.id ?? undefined })}>
                All done to it
              </Button>
            )}
            <Button size="sm" onClick={() => onFilter({ what: event.action })}>
              Only “{actionWords(event.action)}”
            </Button>
            {actor.id?.startsWith("usr_") && (
              <Button size="sm" onClick={() => onFilter({ who: actor.id ?? undefined })}>
                Only {actor.name}
              </Button>
            )}
          </div>
        </div>
      </details>
    </li>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </>
  );
}

function Id({ id }: { id: string | null }) {
  if (id === null) return null;
  const page = pageOfId(id);
  return (
    <span className="-my-2 inline-flex max-w-full items-center gap-1 align-middle font-mono text-code">
      {page ? (
        <Link to={page} className="link truncate">
          {id}
        </Link>
      ) : (
        <span className="truncate">{id}</span>
      )}
      <CopyButton text={id} label={`Copy ${id}`} />
    </span>
  );
}
