/** One line of filter text: `/` goes to it, Enter or a pause in typing applies it, Escape leaves it. */
import { cx } from "class-variance-authority";
import { ListFilter, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useShortcuts } from "@/lib/keyboard";
import { Kbd } from "@/ui/kbd";

const PAUSE = 400;

type SearchFieldProps = {
  label: string;
  placeholder?: string;
  value: string;
  onChange: (value: string) => void;
  error?: string;
  className?: string;
};

export function SearchField({ label, placeholder, value, onChange, error, className }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [applied, setApplied] = useState(value);
  // The address changed by another way (a chip, Back): the field follows.
  if (applied !== value) {
    setApplied(value);
    setText(value);
  }
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  const wanted = text.trim();
  useEffect(() => {
    if (wanted === value.trim()) return;
    const timer = setTimeout(() => latest.current(wanted), PAUSE);
    return () => clearTimeout(timer);
  }, [wanted, value]);
  useShortcuts({
    "/": () => {
      input.current?.focus();
      input.current?.select();
    },
  });
  return (
    <div className={cx("grid min-w-0 gap-1", className)}>
      <div
        className={cx(
          "flex h-9 items-center gap-2 rounded-md border bg-panel px-2.5 has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-2 has-[input:focus-visible]:outline-(--focus-ring) coarse:h-11",
          error ? "border-danger" : "border-control",
        )}
      >
        <ListFilter size={16} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-muted" />
        <input
          ref={input}
          type="text"
          role="searchbox"
          aria-label={label}
          aria-invalid={error ? true : undefined}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") onChange(wanted);
            else if (event.key === "Escape") event.currentTarget.blur();
          }}
          className="min-w-0 flex-1 bg-transparent text-ellipsis text-strong outline-none coarse:text-lg"
        />
        {text === "" ? (
          <Kbd>/</Kbd>
        ) : (
          <button
            type="button"
            aria-label="Clear the filter"
            className="grid size-6 place-items-center rounded-sm text-muted hover:bg-hover hover:text-strong coarse:size-11"
            onClick={() => {
              setText("");
              onChange("");
              input.current?.focus();
            }}
          >
            <X size={15} />
          </button>
        )}
      </div>
      {error && (
        <p role="alert" className="text-xs text-danger">
          {error}
        </p>
      )}
    </div>
  );
}
