/** The filter language as the filter bar sees it: a list of tokens that goes to text and back without loss. */
import { quoted } from "./filter-link";

export type Comparison = ":" | ">" | ">=" | "<" | "<=" | "=";
export type FilterToken =
  | { type: "key"; key: string; comparison: Comparison; isNegated: boolean; values: string[] }
  | { type: "text"; text: string }
  /** Something the bar cannot take apart (or, brackets): kept as it was typed. */
  | { type: "raw"; text: string };

const KEY = /^(-?)([a-z][a-z_.]*)(>=|<=|:|=|>|<)(.*)$/s;

/** Splits at spaces outside quotes and brackets. Null when quotes or brackets do not close. */
function splitWords(query: string): string[] | null {
  const words: string[] = [];
  let word = "";
  let inQuotes = false;
  let depth = 0;
  for (const character of query) {
    if (character === '"') inQuotes = !inQuotes;
    else if (!inQuotes && character === "(") depth += 1;
    else if (!inQuotes && character === ")") depth -= 1;
    if (/\s/.test(character) && !inQuotes && depth === 0) {
      if (word !== "") words.push(word);
      word = "";
    } else word += character;
  }
  if (word !== "") words.push(word);
  return inQuotes || depth !== 0 ? null : words;
}

function splitValues(text: string): string[] {
  return (text.match(/"[^"]*"|[^,]+/g) ?? []).map((value) => value.replace(/^"(.*)"$/s, "$1"));
}

function parseWord(word: string): FilterToken {
  const match = KEY.exec(word);
  if (match && match[4] !== "") {
    const [, minus, key = "", comparison, rest = ""] = match;
    return {
      type: "key",
      key,
      comparison: comparison as Comparison,
      isNegated: minus === "-",
      values: splitValues(rest),
    };
  }
  return { type: "text", text: word.replace(/^"(.*)"$/s, "$1") };
}

export function parseFilter(query: string): FilterToken[] {
  const trimmed = query.trim();
  if (trimmed === "") return [];
  const words = splitWords(trimmed);
  const isComplex = words === null || words.some((word) => /^(or|not)$/i.test(word) || /^-?\(/.test(word));
  if (isComplex) return [{ type: "raw", text: trimmed }];
  return words.filter((word) => !/^and$/i.test(word)).map(parseWord);
}

export function formatToken(token: FilterToken): string {
  if (token.type === "raw") return token.text;
  if (token.type === "text") return quoted(token.text);
  return `${token.isNegated ? "-" : ""}${token.key}${token.comparison}${token.values.map(quoted).join(",")}`;
}

export function formatFilter(tokens: FilterToken[]): string {
  return tokens.map(formatToken).join(" ");
}

const isPlainKey = (token: FilterToken, key: string) =>
  token.type === "key" && token.key === key && token.comparison === ":" && !token.isNegated;

/** As the server compares them: `severity:Critical` is `severity:critical`. */
const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

export function isChosen(query: string, key: string, value: string): boolean {
  return chosenValues(query, key).some((each) => isSame(each, value));
}

export function chosenValues(query: string, key: string): string[] {
  return parseFilter(query).flatMap((token) =>
    isPlainKey(token, key) && token.type === "key" ? token.values : [],
  );
}

/** Adds the value to the key's token, or takes it out; the token goes when its last value goes. */
export function toggleValue(query: string, key: string, value: string): string {
  const tokens = parseFilter(query);
  const at = tokens.findIndex((token) => isPlainKey(token, key));
  const token = tokens[at];
  if (token?.type !== "key") {
    const added: FilterToken = { type: "key", key, comparison: ":", isNegated: false, values: [value] };
    // A raw query is bracketed first, so that "a or b" and the new token mean what they look like.
    const kept = tokens.map((each) =>
      each.type === "raw" && !/^\(.*\)$/s.test(each.text) ? { ...each, text: `(${each.text})` } : each,
    );
    return formatFilter([...kept, added]);
  }
  const others = token.values.filter((each) => !isSame(each, value));
  const values = others.length < token.values.length ? others : [...token.values, value];
  return formatFilter(values.length === 0 ? tokens.toSpliced(at, 1) : tokens.with(at, { ...token, values }));
}

export function withoutToken(query: string, index: number): string {
  return formatFilter(parseFilter(query).toSpliced(index, 1));
}

export function withToken(query: string, text: string): string {
  return formatFilter([...parseFilter(query), ...parseFilter(text)]);
}

/** Adds a whole token, or takes it out when it stands there already: for "is:overdue" beside "is:open". */
export function toggleToken(query: string, text: string): string {
  const tokens = parseFilter(query);
  const at = tokens.findIndex((token) => formatToken(token) === text);
  return at < 0 ? withToken(query, text) : formatFilter(tokens.toSpliced(at, 1));
}

export function hasToken(query: string, text: string): boolean {
  return parseFilter(query).some((token) => formatToken(token) === text);
}
