/** The filter, as tokens and a box to type the next one. What it holds is exactly what the address holds. */
import { useQuery } from "@tanstack/react-query";
import { cx } from "class-variance-authority";
import { ListFilter, X } from "lucide-react";
import { type KeyboardEvent, type RefObject, useId, useState } from "react";
import { type FilterToken, formatToken, parseFilter, withoutToken, withToken } from "@/lib/filter-query";
import { Kbd } from "@/ui/kbd";
import { facetsQuery } from "./queries";
import { completed, type Suggestion, suggest } from "./suggestions";

type FilterBarProps = {
  query: string;
  onChange: (query: string) => void;
  inputRef: RefObject<HTMLInputElement | null>;
  problem: string | null;
  /** Asset ids in the filter, in the words that the facets know. */
  nameOf: (key: string, value: string) => string;
};

export function FilterBar({ query, onChange, inputRef, problem, nameOf }: FilterBarProps) {
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const listId = useId();
  const { data: facets } = useQuery({ ...facetsQuery(query), enabled: isOpen });
  const suggestions = isOpen ? suggest(typed.trimStart(), facets) : [];
  const tokens = parseFilter(query);

  const commit = (text: string) => {
    setTyped("");
    setAt(-1);
    if (text.trim() !== "") onChange(withToken(query, text));
  };
  const choose = (suggestion: Suggestion) => {
    if (suggestion.isComplete) commit(suggestion.text);
    else setTyped(suggestion.text);
    setAt(-1);
    inputRef.current?.focus();
  };
  const edit = (index: number, token: FilterToken) => {
    onChange(withoutToken(query, index));
    setTyped(formatToken(token));
    inputRef.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const active = suggestions[at];
    if (event.key === "ArrowDown" && suggestions.length > 0) setAt((at + 1) % suggestions.length);
    else if (event.key === "ArrowUp" && suggestions.length > 0)
      setAt((at <= 0 ? suggestions.length : at) - 1);
    else if (event.key === "Enter" && active) choose(active);
    else if (event.key === "Enter") commit(completed(typed, facets));
    else if (event.key === "Tab" && active && !event.shiftKey) choose(active);
    else if (event.key === " " && /^-?[a-z_.]+(:|>=?|<=?)[^\s"]+$/.test(typed))
      commit(completed(typed, facets));
    else if (event.key === "Backspace" && typed === "" && tokens.length > 0)
      onChange(withoutToken(query, tokens.length - 1));
    else if (event.key === "Escape" && typed !== "") setTyped("");
    else if (event.key === "Escape") leave(event.currentTarget);
    else return;
    event.preventDefault();
  };

  return (
    <div className="relative min-w-0 flex-1">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: clicking beside the tokens goes to the box, as in any field. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the box itself is what the keyboard reaches. */}
      <div
        onClick={(event) => event.target === event.currentTarget && inputRef.current?.focus()}
        className="flex min-h-[34px] flex-wrap items-center gap-1.5 rounded-md border border-control bg-panel px-2 py-[3px] has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-2 has-[input:focus-visible]:outline-(--focus-ring) phone:min-h-11 phone:flex-nowrap phone:overflow-x-auto"
      >
        <ListFilter size={16} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-muted" />
        {tokens.map((token, index) => (
          <Token
            // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place in the filter.
            key={`${index} ${formatToken(token)}`}
            token={token}
            nameOf={nameOf}
            onEdit={() => edit(index, token)}
            onRemove={() => onChange(withoutToken(query, index))}
          />
        ))}
        <input
          ref={inputRef}
          role="combobox"
          aria-label="Filter findings"
          aria-expanded={suggestions.length > 0}
          aria-controls={listId}
          aria-activedescendant={at >= 0 ? `${listId}-${at}` : undefined}
          aria-invalid={problem !== null || undefined}
          aria-describedby={problem === null ? undefined : `${listId}-problem`}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          placeholder={tokens.length === 0 ? "key:value, or words from the title" : ""}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(-1);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => {
            setOpen(false);
            setAt(-1);
          }}
          onKeyDown={onKeyDown}
          className="h-6 min-w-24 flex-1 bg-transparent font-mono text-xs text-strong outline-none coarse:text-lg"
        />
        {!isOpen && <Kbd className="phone:hidden">/</Kbd>}
      </div>
      {problem !== null && (
        <p id={`${listId}-problem`} role="alert" className="mt-1 text-xs text-danger">
          {problem}
        </p>
      )}
      <div
        id={listId}
        role="listbox"
        aria-label="Suggestions"
        className={cx(
          "absolute top-full left-0 z-(--z-float) mt-1 w-80 max-w-full animate-rise overflow-auto rounded-lg border border-strong bg-raised p-1 shadow-float",
          suggestions.length === 0 && "hidden",
        )}
      >
        {suggestions.map((suggestion, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the box above has the keys.
          <div
            key={suggestion.text}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(suggestion)}
            className={cx(
              "flex h-7 items-center gap-3 rounded-sm px-2 font-mono text-xs coarse:h-11",
              index === at ? "bg-active text-strong" : "text-default hover:bg-hover",
            )}
          >
            <span className="min-w-0 flex-1 truncate">{suggestion.label}</span>
            {suggestion.note !== null && (
              <span className="num shrink-0 font-sans text-muted">{suggestion.note}</span>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

/** To the list: from nowhere, the next Tab would begin at the top of the page. */
function leave(input: HTMLInputElement) {
  input.blur();
  document.getElementById("findings-grid")?.focus({ preventScroll: true });
}

type TokenProps = {
  token: FilterToken;
  nameOf: FilterBarProps["nameOf"];
  onEdit: () => void;
  onRemove: () => void;
};

function Token({ token, nameOf, onEdit, onRemove }: TokenProps) {
  const text = formatToken(token);
  return (
    <span className="inline-flex h-6 max-w-full flex-none items-center overflow-hidden rounded-sm border border-default bg-hover font-mono text-xs coarse:h-9">
      <button
        type="button"
        onClick={onEdit}
        aria-label={`Edit ${text}`}
        className="focus-inset min-w-0 truncate pl-1.5"
      >
        {token.type === "key" ? (
          <>
            <span className={token.isNegated ? "text-danger" : "text-muted"}>
              {token.isNegated && "-"}
              {token.key}
              {token.comparison}
            </span>{" "}
            <span dir="auto" className="text-strong">
              {token.values.map((value) => nameOf(token.key, value)).join(",")}
            </span>
          </>
        ) : (
          <bdi className="text-strong">{text}</bdi>
        )}
      </button>
      <button
        type="button"
        onClick={onRemove}
        aria-label={`Remove ${text}`}
        className="focus-inset grid h-full place-items-center px-1 text-muted hover:text-strong coarse:px-2.5"
      >
        <X size={12} strokeWidth={1.75} />
      </button>
    </span>
  );
}
