/** Title, reach, actions and the four facts: the top of a finding, in the peek and on its own page. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import { Ellipsis } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "@/api/session";
import type { Finding, FindingDetail } from "@/api/types";
import { copyText } from "@/lib/clipboard";
import { describeEpss } from "@/lib/epss";
import { filterOf } from "@/lib/filter-link";
import { formatAbsolute } from "@/lib/format";
import { KIND_WORD, TRIAGE_WORD } from "@/lib/words";
import { Button, IconButton } from "@/ui/button";
import { Chip, ExploitedChip } from "@/ui/chip";
import { CopyButton } from "@/ui/copy-button";
import { Due } from "@/ui/due";
import { Kbd } from "@/ui/kbd";
import { Menu, MenuItem } from "@/ui/menu";
import { showToast } from "@/ui/toast";
import { cvssScore, isLong, isOpen, repeatsTitle } from "./describe";
import { SupplierWord } from "./supplier-word";
import type { Intent } from "./triage-dialog";

type FindingHeadProps = {
  finding: Finding | FindingDetail;
  onConfirm: () => void;
  onIntent: (intent: Intent) => void;
  isLarge?: boolean;
};

/** What stands in one line with dots between: each but the last brings its own, so that no line begins with one. */
const NAMED = "min-w-0 [overflow-wrap:anywhere] not-last:after:ml-1.5 not-last:after:content-['·']";

export function FindingHead({ finding, onConfirm, onIntent, isLarge = false }: FindingHeadProps) {
  const mayWrite = useMay("findings:write");
  const cwes = finding.cwes.slice(0, 2);
  const vex = "vex" in finding ? finding.vex : null;
  return (
    <>
      <h2
        dir="auto"
        className={cx(
          "leading-[1.3] text-balance [overflow-wrap:anywhere]",
          isLarge && !isLong(finding.title) ? "text-xl tracking-tight" : "text-lg",
          // The whole of it stands below, or on the full page.
          (repeatsTitle(finding) || !isLarge) && "line-clamp-3",
        )}
        title={isLong(finding.title) ? finding.title : undefined}
      >
        {finding.title}
      </h2>
      <p className="mt-1 flex flex-wrap items-center gap-x-1.5 gap-y-0.5 text-xs text-muted">
        <span className={NAMED}>
          <Link to="/assets/$id" params={{ id: finding.asset.id }} className="link font-regular">
            <bdi>{finding.asset.name}</bdi>
          </Link>
        </span>
        <span className={NAMED}>{KIND_WORD[finding.kind]}</span>
        {finding.vulnerability && (
          <span className={cx(NAMED, "inline-flex items-center")}>
            <Link
              to="/vulnerabilities/$id"
              params={{ id: finding.vulnerability.id }}
              className="link min-w-0 font-mono text-code font-regular"
            >
              <bdi>{finding.vulnerability.name}</bdi>
            </Link>
            <span className="no-print -my-2 -mr-1.5 flex shrink-0">
              <CopyButton text={finding.vulnerability.name} label={`Copy ${finding.vulnerability.name}`} />
            </span>
          </span>
        )}
        {cwes.map((cwe) => (
          <span key={cwe} className={NAMED}>
            <Link
              to="/findings"
              search={{ q: filterOf("cwe", String(cwe)) }}
              className="font-mono text-code hover:underline"
            >
              CWE-{cwe}
            </Link>
          </span>
        ))}
        {finding.known_exploited && <ExploitedChip />}
        {finding.tags.map((tag) => (
          <Link
            key={tag}
            to="/findings"
            search={{ q: filterOf("tag", tag) }}
            title={`All that are tagged ${tag}`}
          >
            <Chip size="sm">{tag}</Chip>
          </Link>
        ))}
      </p>
      {mayWrite && <Actions finding={finding} onConfirm={onConfirm} onIntent={onIntent} />}
      <Facts finding={finding} onIntent={mayWrite ? onIntent : undefined} />
      {vex && <SupplierWord vex={vex} presence={finding.presence} />}
      {finding.triage_reason && !vex?.decides && (
        <p className="mt-2 rounded-md bg-sunken px-3 py-2 text-xs">
          <span className="text-muted">{TRIAGE_WORD[finding.triage]} because</span> {finding.triage_reason}
        </p>
      )}
      {"severity_override" in finding && finding.severity_override && (
        <p className="mt-2 rounded-md bg-sunken px-3 py-2 text-xs">
          <span className="text-muted">
            Severity set by {finding.severity_override.by?.name ?? "a rule"} because
          </span>{" "}
          {finding.severity_override.reason}
        </p>
      )}
    </>
  );
}

function Actions({
  finding,
  onConfirm,
  onIntent,
}: Pick<FindingHeadProps, "finding" | "onConfirm" | "onIntent">) {
  return (
    <div className="no-print my-3 flex gap-1.5 phone:overflow-x-auto phone:[&>button]:flex-1">
      <Button size="sm" look="filled" onClick={onConfirm}>
        Confirm <Kbd isInverse>C</Kbd>
      </Button>
      <Button size="sm" onClick={() => onIntent("dismiss")}>
        Dismiss <Kbd>D</Kbd>
      </Button>
      <Button size="sm" onClick={() => onIntent("accept")}>
        Accept risk <Kbd>R</Kbd>
      </Button>
      <Menu
        trigger={
          <IconButton size="sm" look="plain" label="More actions">
            <Ellipsis size={15} />
          </IconButton>
        }
      >
        <MenuItem onSelect={() => onIntent("state")} hint={<Kbd>S</Kbd>}>
          Set the state
        </MenuItem>
        <MenuItem onSelect={() => onIntent("assign")} hint={<Kbd>A</Kbd>}>
          Assign
        </MenuItem>
        <MenuItem onSelect={() => onIntent("tag")} hint={<Kbd>T</Kbd>}>
          Tag
        </MenuItem>
        <MenuItem onSelect={() => onIntent("severity")}>Set the severity</MenuItem>
        <MenuItem onSelect={() => onIntent("duplicate")}>Mark as duplicate</MenuItem>
        <MenuItem onSelect={() => void copyLink(finding.id)}>Copy link</MenuItem>
      </Menu>
    </div>
  );
}

async function copyLink(id: string): Promise<void> {
  const isDone = await copyText(`${location.origin}/findings/${id}`);
  showToast({ text: isDone ? "The link is copied" : "The browser does not let this page copy" });
}

type ShownFact = {
  name: string;
  value: ReactNode;
  /** Said quietly: there is nothing to say. */
  isNothing?: boolean;
  title?: string;
  /** What a press on it asks for. */
  act?: { intent: Intent; label: string };
};

function Facts({ finding, onIntent }: { finding: Finding; onIntent?: (intent: Intent) => void }) {
  const isDue = finding.due_at !== null && isOpen(finding);
  const score = cvssScore(finding.cvss);
  const epss = describeEpss(finding.epss);
  const facts: ShownFact[] = [
    {
      name: "State",
      value: finding.presence === "inactive" ? "Not seen" : TRIAGE_WORD[finding.triage],
      act: { intent: "state", label: "Set the state" },
    },
    {
      name: "Due",
      value: isDue ? <Due at={finding.due_at} calm="text-strong" /> : finding.due_at ? "not open" : "no date",
      isNothing: !isDue,
      title: finding.due_at ? formatAbsolute(finding.due_at) : undefined,
    },
    score === null && epss !== null
      ? { name: "EPSS", value: epss }
      : {
          name: "CVSS",
          value: score === null ? "none" : score.toFixed(1),
          isNothing: score === null,
          title: epss === null ? undefined : `EPSS ${epss}`,
        },
    {
      name: "Owner",
      value: finding.assignee?.name ?? "nobody",
      isNothing: finding.assignee === null,
      act: { intent: "assign", label: "Assign" },
    },
  ];
  return (
    <dl className="mt-3 grid grid-cols-4 gap-px overflow-hidden rounded-md border border-default bg-(--border-faint) phone:grid-cols-2">
      {facts.map(({ name, value, isNothing, title, act }) => (
        <div
          key={name}
          className={cx("relative min-w-0 bg-panel px-2.5 py-1.5", act && onIntent && "hover:bg-hover")}
          title={title}
        >
          <dt className="text-2xs text-muted">{name}</dt>
          <dd className={cx("truncate font-medium", isNothing ? "text-muted" : "text-strong")}>
            {act && onIntent ? (
              <button
                type="button"
                className="focus-inset max-w-full truncate text-left after:absolute after:inset-0"
                title={act.label}
                onClick={() => onIntent(act.intent)}
              >
                <span className="sr-only">{act.label}, now</span> {value}
              </button>
            ) : (
              value
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
