/** Tags of one or many findings: some are added, some taken off, and no other is touched. */
import { type FormEvent, useState } from "react";
import type { Finding, FindingChange } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { TextField } from "@/ui/field";

const MAX_CHARS = 100;
const MAX_AT_ONCE = 20;

type TagDialogProps = {
  many: string;
  warning?: string;
  /** Empty where all are meant that a filter finds: what tags those have is not known here. */
  findings: Finding[];
  onClose: () => void;
  onTags: (change: FindingChange) => void;
};

const split = (words: string): string[] => [
  ...new Set(
    words
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];

function problemOf(tags: string[]): string | undefined {
  if (tags.some((tag) => tag.length > MAX_CHARS)) return `A tag has at most ${MAX_CHARS} characters.`;
  if (tags.length > MAX_AT_ONCE) return `At most ${MAX_AT_ONCE} tags at once.`;
  return undefined;
}

export function TagDialog({ many, warning, findings, onClose, onTags }: TagDialogProps) {
  const [added, setAdded] = useState("");
  const [removed, setRemoved] = useState("");
  const [isMissing, setMissing] = useState(false);
  const there = [...new Set(findings.flatMap((finding) => finding.tags))].toSorted();
  const add_tags = split(added);
  const remove_tags = split(removed);
  const isEmpty = add_tags.length === 0 && remove_tags.length === 0;
  const both = add_tags.find((tag) => remove_tags.includes(tag));
  const wrong = both === undefined ? problemOf(remove_tags) : `${both} is to be added as well: say one.`;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isEmpty) setMissing(true);
    else if (!problemOf(add_tags) && !wrong) onTags({ add_tags, remove_tags });
  };
  const toggle = (tag: string) =>
    setRemoved(
      (remove_tags.includes(tag) ? remove_tags.filter((other) => other !== tag) : [...remove_tags, tag]).join(
        ", ",
      ),
    );
  return (
    <Dialog isOpen onClose={onClose} title={`Tag ${many}`} note={warning}>
      <form onSubmit={submit}>
        <DialogBody>
          <TextField
            label="Add"
            autoFocus
            autoComplete="off"
            placeholder="sprint-12, payments"
            hint="Several with commas. Other tags stay."
            value={added}
            onChange={(event) => setAdded(event.target.value)}
            error={isMissing && isEmpty ? "Name a tag to add, or one to take off." : problemOf(add_tags)}
          />
          {findings.length === 0 && (
            <TextField
              label="Take off"
              autoComplete="off"
              value={removed}
              onChange={(event) => setRemoved(event.target.value)}
              error={wrong}
            />
          )}
          {there.length > 0 && (
            <fieldset className="grid gap-1">
              <legend className="mb-1 font-medium text-strong">Take off</legend>
              <div className="flex flex-wrap gap-1.5">
                {there.map((tag) => (
                  <Button
                    key={tag}
                    size="sm"
                    aria-pressed={remove_tags.includes(tag)}
                    className={remove_tags.includes(tag) ? "line-through" : undefined}
                    onClick={() => toggle(tag)}
                  >
                    {tag}
                  </Button>
                ))}
              </div>
              {wrong !== undefined && <p className="text-xs text-danger">{wrong}</p>}
            </fieldset>
          )}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled">
            {add_tags.length === 0 && remove_tags.length > 0 ? "Untag" : "Tag"} {many}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
