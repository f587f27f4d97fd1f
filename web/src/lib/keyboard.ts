/** Single-key shortcuts: only when no field has focus and no dialog is open, and only when the person wants them. */
import { useEffect, useRef } from "react";
import { readPreferences } from "@/lib/preferences";

/** "j", "Enter", "Shift+J", "Mod+k" or a sequence "g f". */
export type Shortcuts = Record<string, ((event: KeyboardEvent) => void) | undefined>;

const SEQUENCE_WINDOW = 1_200;
const FIELD = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]";
const OVERLAY =
  "[role=dialog]:not([data-keys-pass]), [role=alertdialog], [role=menu], [role=listbox][data-overlay]";

/** What the key beside the space bar is called on this machine: "⌘K", "Ctrl K". */
export const MOD = /Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl ";

function keyName(event: KeyboardEvent): string {
  const parts = [];
  if (event.metaKey || event.ctrlKey) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && /^[a-z]$|^Arrow|^Enter$/i.test(event.key)) parts.push("Shift");
  parts.push(
    event.key.length === 1
      ? parts.includes("Shift")
        ? event.key.toUpperCase()
        : event.key.toLowerCase()
      : event.key,
  );
  return parts.join("+");
}

function isBusy(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(FIELD)) return true;
  // Enter and space belong to the button or link that has focus.
  if ((event.key === "Enter" || event.key === " ") && target?.closest("button, a, summary")) return true;
  return document.querySelector(OVERLAY) !== null;
}

/** All maps in force, the innermost component's first: effects of children run before those of their parents. */
const registered: { current: Shortcuts }[] = [];
let prefix = "";
let since = 0;

/** A begun sequence belongs to whoever knows its end: after g, an s is never "set the state". */
function find(sequence: string): ((event: KeyboardEvent) => void) | undefined {
  return registered.map((map) => map.current[sequence]).find((action) => action !== undefined);
}

function startsSequence(key: string): boolean {
  return registered.some((map) => Object.keys(map.current).some((name) => name.startsWith(`${key} `)));
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const key = keyName(event);
  const isPlain = !key.startsWith("Mod+");
  if (isPlain && (isBusy(event) || (readPreferences().singleKeys === "off" && key.length === 1))) return;
  const isSequence = prefix !== "" && event.timeStamp - since < SEQUENCE_WINDOW;
  const action = (isSequence ? find(`${prefix} ${key}`) : undefined) ?? find(key);
  prefix = !isSequence && startsSequence(key) ? key : "";
  since = event.timeStamp;
  if (action) {
    event.preventDefault();
    action(event);
  }
}

export function useShortcuts(shortcuts: Shortcuts, isEnabled = true): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    if (!isEnabled) return;
    if (registered.length === 0) window.addEventListener("keydown", onKey);
    registered.push(latest);
    return () => {
      registered.splice(registered.indexOf(latest), 1);
      if (registered.length === 0) window.removeEventListener("keydown", onKey);
    };
  }, [isEnabled]);
}
