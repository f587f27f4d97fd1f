import { renderHook } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { useListKeys } from "./use-list-keys";

it("leaves the list alone while a question is on its way, which Escape takes back", async () => {
  const heard: string[] = [];
  const hears = (name: string) => () => void heard.push(name);
  const keys = {
    ...{ move: hears("move"), open: hears("open"), close: hears("close"), openPage: hears("page") },
    ...{
      toggle: hears("toggle"),
      focusFilter: hears("filter"),
      confirm: hears("confirm"),
      undo: hears("undo"),
    },
    ask: hears("ask"),
    mayWrite: true,
  };
  const { rerender } = renderHook(useListKeys, { initialProps: keys });
  const user = userEvent.setup();
  await user.keyboard("jd");
  rerender({ ...keys, stopAsking: hears("taken back") } as typeof keys);
  await user.keyboard("jxc{Enter}{Escape}");
  expect(heard).toEqual(["move", "ask", "taken back"]);
});
