/** What happened to a finding and what people said of it, oldest last; and a place to say more. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleDot, MessageSquare, ScanLine, Tag, UserRound } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { api } from "@/api/client";
import { isProblem } from "@/api/problem";
import { useMay } from "@/api/session";
import type { Comment, FindingDetail, HistoryEntry, Triage } from "@/api/types";
import { plural } from "@/lib/format";
import { scannerName, TRIAGE_WORD } from "@/lib/words";
import { Button } from "@/ui/button";
import { TextArea } from "@/ui/field";
import { Time } from "@/ui/time";
import { describeTags } from "./describe";
import { findingQuery } from "./queries";
import { Section } from "./sections";

type Entry = {
  id: string;
  at: string;
  who: string | null;
  text: string;
  icon: typeof ScanLine;
  quote?: string;
};

const WORDS: Record<string, string> = {
  first_seen: "First seen",
  seen_again: "Seen again",
  reopened: "Reopened",
  closed: "Not seen any more",
  commented: "commented",
  "finding.joined": "joined findings into one",
  "finding.split": "split places off",
  "finding.regrouping_undone": "undid a join or split",
};

function detailOf(entry: HistoryEntry): Record<string, unknown> {
  return typeof entry.detail === "object" && entry.detail !== null
    ? (entry.detail as Record<string, unknown>)
    : {};
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

function describe(entry: HistoryEntry): Entry {
  const detail = detailOf(entry);
  const supplier = text((detail.vex as Record<string, unknown> | null)?.author);
  const base = { id: entry.id, at: entry.at, who: entry.actor?.name ?? supplier };
  const reason = text(detail.reason) ?? undefined;
  const triage = text(detail.triage) ?? text(detail.to);
  if (/triage|vex/.test(entry.action) && triage !== null)
    return {
      ...base,
      icon: CircleDot,
      text: `set ${TRIAGE_WORD[triage as Triage] ?? triage}`,
      quote: reason,
    };
  if (/assign/.test(entry.action))
    return {
      ...base,
      icon: UserRound,
      text: text(detail.to) ? `gave it to ${text(detail.to)}` : "changed the owner",
    };
  if (entry.action === "finding.tagged")
    return {
      ...base,
      icon: Tag,
      text: describeTags({ add_tags: texts(detail.added), remove_tags: texts(detail.removed) }),
    };
  if (/severity/.test(entry.action))
    return {
      ...base,
      icon: CircleDot,
      text: `set the severity${text(detail.severity) ? ` to ${text(detail.severity)}` : ""}`,
      quote: reason,
    };
  const scanner = text(detail.scanner);
  const ref = text(detail.ref);
  const suffix = `${scanner ? ` by ${scannerName(scanner)}` : ""}${ref ? ` on ${ref}` : ""}`;
  return {
    ...base,
    icon: ScanLine,
    text: (WORDS[entry.action] ?? entry.action.replaceAll(/[._]/g, " ")) + suffix,
    quote: typeof entry.detail === "string" ? entry.detail : reason,
  };
}

const ofComment = (comment: Comment): Entry => ({
  id: comment.id,
  at: comment.created_at,
  who: comment.author?.name ?? null,
  text: "",
  quote: comment.body,
  icon: MessageSquare,
});

/** What one scan says of many places at once is told once. */
function folded(entries: Entry[]): (Entry & { count: number })[] {
  const told: (Entry & { count: number })[] = [];
  for (const entry of entries) {
    const last = told.at(-1);
    if (last && last.text !== "" && !entry.who && isAlike(last, entry)) last.count += 1;
    else told.push({ ...entry, count: 1 });
  }
  return told;
}

const isAlike = (one: Entry, other: Entry) =>
  one.at === other.at && one.text === other.text && one.who === other.who && one.quote === other.quote;

export function Timeline({ finding }: { finding: FindingDetail }) {
  const mayWrite = useMay("findings:write");
  const entries = [...finding.history.map(describe), ...finding.comments.map(ofComment)].toSorted((a, b) =>
    b.at.localeCompare(a.at),
  );
  return (
    <Section title="Timeline">
      {mayWrite && <CommentBox id={finding.id} />}
      <ol className="mt-2 text-xs">
        {folded(entries).map((entry) => (
          <li key={entry.id} className="grid grid-cols-[16px_minmax(0,1fr)_auto] gap-2 py-1">
            <entry.icon size={13} strokeWidth={1.75} aria-hidden="true" className="mt-0.5 text-muted" />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {entry.who && <span className="font-medium text-strong">{entry.who}</span>} {entry.text}
              {entry.count > 1 && `, at ${plural(entry.count, "place")}`}
              {entry.quote && (
                <span dir="auto" className="whitespace-pre-line">
                  {entry.text || entry.who ? ": " : ""}“{entry.quote}”
                </span>
              )}
            </span>
            <Time at={entry.at} look="age" className="text-muted" />
          </li>
        ))}
      </ol>
    </Section>
  );
}

function CommentBox({ id }: { id: string }) {
  const queryClient = useQueryClient();
  const [body, setBody] = useState("");
  const send = useMutation({
    mutationFn: () => api.post<Comment>(`/findings/${id}/comments`, { body: body.trim() }),
    onSuccess: () => {
      setBody("");
      return queryClient.invalidateQueries({ queryKey: findingQuery(id).queryKey });
    },
  });
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (body.trim() !== "") send.mutate();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
  };
  return (
    <form onSubmit={submit} className="no-print grid gap-2">
      <TextArea
        label="Comment"
        isLabelHidden
        placeholder="Add a comment"
        value={body}
        onChange={(event) => setBody(event.target.value)}
        onKeyDown={onKeyDown}
        className="min-h-9! field-sizing-content"
        error={
          send.error
            ? isProblem(send.error)
              ? send.error.message
              : "The comment was not sent. Try again."
            : undefined
        }
      />
      {body.trim() !== "" && (
        <Button type="submit" size="sm" className="justify-self-end" isBusy={send.isPending}>
          Add comment
        </Button>
      )}
    </form>
  );
}
