/** The list's keys: each action on a finding has one. */
import { useShortcuts } from "@/lib/keyboard";
import type { Intent } from "./triage-dialog";

type ListKeys = {
  move: (by: number, extend: boolean) => void;
  open: () => void;
  close: () => void;
  openPage: () => void;
  toggle: () => void;
  focusFilter: () => void;
  confirm: () => void;
  ask: (intent: Intent) => void;
  undo: () => void;
  /** Given while a question is on its way to the screen, whose code may have to be fetched: the list behind it waits. */
  stopAsking?: () => void;
  mayWrite: boolean;
};

export function useListKeys(keys: ListKeys): void {
  const { move, mayWrite, ask, stopAsking } = keys;
  const write = (action: () => void) => (mayWrite ? action : undefined);
  const ofList = {
    j: () => move(1, false),
    k: () => move(-1, false),
    ArrowDown: () => move(1, false),
    ArrowUp: () => move(-1, false),
    "Shift+J": () => move(1, true),
    "Shift+K": () => move(-1, true),
    "Shift+ArrowDown": () => move(1, true),
    "Shift+ArrowUp": () => move(-1, true),
    PageDown: () => move(10, false),
    PageUp: () => move(-10, false),
    Home: () => move(Number.NEGATIVE_INFINITY, false),
    End: () => move(Number.POSITIVE_INFINITY, false),
    Enter: keys.open,
    Escape: keys.close,
    o: keys.openPage,
    x: keys.toggle,
    "/": keys.focusFilter,
    c: write(keys.confirm),
    d: write(() => ask("dismiss")),
    r: write(() => ask("accept")),
    s: write(() => ask("state")),
    a: write(() => ask("assign")),
    t: write(() => ask("tag")),
    z: write(keys.undo),
  };
  useShortcuts(stopAsking ? { Escape: stopAsking } : ofList);
}
