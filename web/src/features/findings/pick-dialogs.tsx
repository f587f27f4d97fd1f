/** One of a few: a state, a person. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { useSession } from "@/api/session";
import type { Triage } from "@/api/types";
import { TRIAGE_WORD, TRIAGES } from "@/lib/words";
import { Avatar } from "@/ui/avatar";
import { Dialog, DialogBody } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { Kbd } from "@/ui/kbd";
import { peopleQuery } from "./queries";

const option =
  "flex h-9 w-full items-center gap-2.5 rounded-md px-2.5 text-left hover:bg-hover focus-inset coarse:h-11";

export function StateDialog({
  many,
  now,
  warning,
  onClose,
  onPick,
}: {
  many: string;
  /** The state that all of them have. */
  now?: Triage;
  warning?: string;
  onClose: () => void;
  onPick: (triage: Triage) => void;
}) {
  const onKeyDown = (event: KeyboardEvent) => {
    const triage = TRIAGES[Number(event.key) - 1];
    if (triage) onPick(triage);
  };
  const first = useRef<HTMLButtonElement>(null);
  const focusFirst = (event: Event) => {
    event.preventDefault();
    first.current?.focus();
  };
  return (
    <Dialog isOpen onClose={onClose} title={`State of ${many}`} note={warning} onOpenFocus={focusFirst}>
      <DialogBody className="gap-0 pb-3">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the digits are a second way to the buttons inside. */}
        <div onKeyDown={onKeyDown}>
          {TRIAGES.map((triage, index) => (
            <button
              key={triage}
              type="button"
              className={option}
              onClick={() => onPick(triage)}
              ref={index === 0 ? first : undefined}
            >
              <span className="flex-1">{TRIAGE_WORD[triage]}</span>
              {triage === now ? (
                <span className="text-xs text-muted">now</span>
              ) : (
                (triage === "false_positive" || triage === "risk_accepted") && (
                  <span className="text-xs text-muted">needs a reason</span>
                )
              )}
              <Kbd>{String(index + 1)}</Kbd>
            </button>
          ))}
        </div>
      </DialogBody>
    </Dialog>
  );
}

export function AssignDialog({
  many,
  warning,
  onClose,
  onPick,
}: {
  many: string;
  warning?: string;
  onClose: () => void;
  onPick: (id: string | null, name: string | null) => void;
}) {
  const { user } = useSession();
  const { data: people } = useQuery(peopleQuery);
  const [words, setWords] = useState("");
  const others = (people?.items ?? []).filter((person) => person.id !== user.id && !person.is_disabled);
  const all: { id: string | null; name: string; note: string }[] = [
    { id: user.id, name: user.name, note: "you" },
    { id: null, name: "Nobody", note: "" },
    ...others.map((person) => ({ id: person.id, name: person.name, note: person.email })),
  ];
  const shown = all
    .filter((person) => `${person.name} ${person.note}`.toLowerCase().includes(words.toLowerCase()))
    .slice(0, 8);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [first] = shown;
    if (first) onPick(first.id, first.id === null ? null : first.name);
  };
  return (
    <Dialog isOpen onClose={onClose} title={`Assign ${many}`} note={warning}>
      <form onSubmit={submit}>
        <DialogBody className="pb-3">
          <TextField
            label="Person"
            isLabelHidden
            autoFocus
            placeholder="Name or e-mail"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          <div>
            {shown.map((person) => (
              <button
                key={person.id ?? "nobody"}
                type="button"
                className={option}
                onClick={() => onPick(person.id, person.id === null ? null : person.name)}
              >
                <Avatar name={person.id === null ? null : person.name} size="sm" />
                <span className="flex-1 text-strong">{person.name}</span>
                <span className="text-xs text-muted">{person.note}</span>
              </button>
            ))}
            {shown.length === 0 && <p className="px-2.5 py-2 text-muted">Nobody here is called that.</p>}
          </div>
        </DialogBody>
      </form>
    </Dialog>
  );
}
