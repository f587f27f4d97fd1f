/** A policy's fields, and beside them what it would do to the findings that are open now. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { isProblem } from "@/api/problem";
import { formatNumber, plural } from "@/lib/format";
import { useSettled } from "@/lib/settled";
import { tagsOf } from "@/lib/tags";
import { SEVERITY_WORD } from "@/lib/words";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { SeverityMark } from "@/ui/severity";
import { showToast } from "@/ui/toast";
import { type DaysBySeverity, type Policy, type PolicyTerms, previewQuery, useSavePolicy } from "./queries";
import { GRADED } from "./terms";

const FIELDS = ["name", "asset_tags", "known_exploited_days", ...GRADED.map((each) => `days/${each}`)];
const USUAL: PolicyTerms = {
  asset_tags: [],
  days: { critical: 7, high: 30, medium: 90, low: 180, info: null },
  known_exploited_days: 7,
};

const termsOf = ({ asset_tags, days, known_exploited_days }: Policy): PolicyTerms => ({
  asset_tags,
  days,
  known_exploited_days,
});
const daysOf = (text: string) => (text.trim() === "" ? null : Number(text));

export function PolicyDialog({ policy, onClose }: { policy?: Policy; onClose: () => void }) {
  const [terms, setTerms] = useState<PolicyTerms>(policy ? termsOf(policy) : USUAL);
  const save = useSavePolicy(policy);
  const problem = isProblem(save.error) ? save.error : null;
  const setDays = (change: Partial<DaysBySeverity>) =>
    setTerms((before) => ({ ...before, days: { ...before.days, ...change } }));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    save.mutate(
      { ...terms, name },
      {
        onSuccess: () => {
          showToast({ text: `${name} is saved; due dates follow in a moment` });
          onClose();
        },
      },
    );
  };
  return (
    <Dialog isOpen onClose={onClose} title={policy ? `Change ${policy.name}` : "New policy"}>
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <TextField
            label="Name"
            name="name"
            required
            autoFocus
            maxLength={200}
            defaultValue={policy?.name}
            placeholder="Internet-facing"
            autoComplete="off"
            error={problem?.for("name")}
          />
          <TextField
            label="Assets with one of these tags"
            defaultValue={terms.asset_tags.join(", ")}
            onChange={({ target }) => setTerms((before) => ({ ...before, asset_tags: tagsOf(target.value) }))}
            placeholder="all assets"
            autoComplete="off"
            hint="Separated by commas. Empty: every asset that no policy above is for."
            error={problem?.for("asset_tags")}
          />
          <fieldset className="grid gap-2">
            <legend className="mb-1 font-medium text-strong">Days until a finding is due</legend>
            <div className="grid grid-cols-5 gap-2 phone:grid-cols-2">
              {GRADED.map((each) => (
                <DaysField
                  key={each}
                  label={
                    <span className="flex items-center gap-1.5">
                      <SeverityMark severity={each} />
                      {SEVERITY_WORD[each]}
                    </span>
                  }
                  value={terms.days[each]}
                  error={problem?.for(`days/${each}`)}
                  onChange={(days) => setDays({ [each]: days })}
                />
              ))}
            </div>
            <p className="text-xs text-muted">
              From the day on which it was first seen, or was there again. Empty: never due.
            </p>
          </fieldset>
          <DaysField
            label="Known to be exploited, if that is sooner"
            className="max-w-32"
            value={terms.known_exploited_days}
            error={problem?.for("known_exploited_days")}
            onChange={(days) => setTerms((before) => ({ ...before, known_exploited_days: days }))}
          />
          <Preview terms={terms} />
          <ProblemNote error={save.error} shownFields={FIELDS} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={save.isPending}>
            {policy ? "Save policy" : "Create policy"}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

type DaysFieldProps = {
  label: ReactNode;
  value: number | null;
  error?: string;
  className?: string;
  onChange: (days: number | null) => void;
};

function DaysField({ value, onChange, ...rest }: DaysFieldProps) {
  return (
    <TextField
      {...rest}
      type="number"
      inputMode="numeric"
      min={1}
      max={3650}
      defaultValue={value ?? ""}
      placeholder="–"
      onChange={({ target }) => onChange(daysOf(target.value))}
    />
  );
}

/** Counted while it is typed, so that nobody makes a thousand findings late by surprise. */
function Preview({ terms }: { terms: PolicyTerms }) {
  const { data, isPlaceholderData } = useQuery(previewQuery(useSettled(terms)));
  if (data === undefined) return <p className="h-9 text-xs text-muted">Counting …</p>;
  const { assets, findings, due, overdue } = data;
  return (
    <p
      aria-live="polite"
      className="rounded-md bg-sunken px-3 py-2 text-default aria-busy:opacity-60"
      aria-busy={isPlaceholderData}
    >
      <strong className="font-semibold text-strong">{formatNumber(due)}</strong> of{" "}
      {plural(findings, "open finding")} on {plural(assets, "asset")} would have a due date
      {overdue > 0 ? (
        <>
          ;{" "}
          <strong className="font-semibold text-danger">
            {formatNumber(overdue)} would be past it already
          </strong>
          .
        </>
      ) : (
        ", none would be past it."
      )}
    </p>
  );
}
