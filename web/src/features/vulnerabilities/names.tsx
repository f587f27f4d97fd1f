/** The names of one flaw: who says that they are one, and a person's word, which trumps. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { useMay } from "@/api/session";
import type { AliasStatement, VulnerabilityDetail } from "@/api/types";
import { scannerName } from "@/lib/words";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy-button";
import { TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { Time } from "@/ui/time";
import { showToast } from "@/ui/toast";

/** What follows from a statement is done by a job; then the page shows it. */
const APPLIED_AFTER = 2_500;
const NAMED = /^(CVE|GHSA)-/;

type Word = { name: string; is_same: boolean };

export function Names({ vulnerability }: { vulnerability: VulnerabilityDetail }) {
  const { id, name, aliases = [], statements = [] } = vulnerability;
  const mayWrite = useMay("findings:write");
  const queryClient = useQueryClient();
  const say = useMutation({
    mutationFn: (word: Word) => api.post<VulnerabilityDetail>(`/vulnerabilities/${id}/aliases`, word),
    onSuccess: (_, word) => {
      showToast({
        text: word.is_same ? `${word.name} is the same flaw` : `${word.name} is another flaw`,
        action: { label: "Undo", run: () => say.mutate({ ...word, is_same: !word.is_same }) },
      });
      const refresh = () =>
        Promise.all([
          queryClient.invalidateQueries({ queryKey: ["vulnerabilities"] }),
          queryClient.invalidateQueries({ queryKey: ["findings"] }),
        ]);
      setTimeout(() => void refresh(), APPLIED_AFTER);
      return refresh();
    },
  });
  const canHaveNames = NAMED.test(name);
  if (aliases.length === 0 && statements.length === 0 && !(mayWrite && canHaveNames)) return null;
  return (
    <section className="grid gap-1.5">
      <h3 className="text-md">Other names</h3>
      {aliases.length === 0 && <p className="text-muted">Nobody gave this flaw another name.</p>}
      {aliases.length > 0 && (
        <ul className="rounded-md border border-default text-xs">
          {aliases.map((alias) => (
            <li
              key={alias}
              className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-2 border-t border-faint px-3 py-1.5 first:border-t-0"
            >
              <div className="min-w-0">
                <p className="flex items-center gap-0.5 font-mono text-code text-strong">
                  {alias}
                  <CopyButton text={alias} label={`Copy ${alias}`} />
                </p>
                <Said statements={statements.filter((each) => each.name === alias || each.alias === alias)} />
              </div>
              {mayWrite && canHaveNames && (
                <Button
                  size="sm"
                  look="quiet"
                  isBusy={say.isPending && say.variables.name === alias}
                  onClick={() => say.mutate({ name: alias, is_same: false })}
                >
                  Not the same
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <HeldApart statements={statements.filter((each) => !each.is_same)} />
      {mayWrite && canHaveNames && <NewName isBusy={say.isPending} onSay={say.mutateAsync} />}
      <ProblemNote error={say.error} />
    </section>
  );
}

function who({ asserter, asserter_kind }: AliasStatement): string {
  return asserter_kind === "scanner" ? scannerName(asserter) : asserter;
}

function Said({ statements }: { statements: AliasStatement[] }) {
  const [newest] = statements;
  if (!newest) return <p className="text-muted">by way of another name</p>;
  const names = [...new Set(statements.filter((each) => each.is_same).map(who))];
  return (
    <p className="text-muted">
      says {names.join(", ")}, <Time at={newest.asserted_at} look="age" />
    </p>
  );
}

function HeldApart({ statements }: { statements: AliasStatement[] }) {
  if (statements.length === 0) return null;
  return (
    <ul className="text-xs text-muted">
      {statements.map((each) => (
        <li key={each.name + each.alias}>
          {who(each)} says that <span className="font-mono text-code">{each.name}</span> and{" "}
          <span className="font-mono text-code">{each.alias}</span> are two flaws
          {each.reason ? `: “${each.reason}”` : "."}
        </li>
      ))}
    </ul>
  );
}

function NewName({ isBusy, onSay }: { isBusy: boolean; onSay: (word: Word) => Promise<unknown> }) {
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "")
      onSay({ name: name.trim(), is_same: true }).then(
        () => setName(""),
        () => undefined,
      );
  };
  return (
    <form onSubmit={submit} className="no-print flex items-end gap-2">
      <div className="min-w-0 flex-1">
        <TextField
          label="Another name of this flaw"
          isLabelHidden
          placeholder="Another name, as in GHSA-p6mc-m468-83gw"
          className="font-mono"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <Button type="submit" disabled={name.trim() === ""} isBusy={isBusy}>
        Add name
      </Button>
    </form>
  );
}
