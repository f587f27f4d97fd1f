import { expect, it } from "vitest";
import { completed } from "./suggestions";

it.each([
  ["severity:cri", "severity:critical"],
  ["-severity:critical,m", "-severity:critical,medium"],
  ["is:ov", "is:overdue"],
  ["triage:false", "triage:false_positive"],
])("what was begun of a word becomes the word: %s", (typed, whole) => {
  expect(completed(typed, undefined)).toBe(whole);
});

it.each([
  "severity:critical", // is one
  "severity:nonsense", // is refused, with what there is
  "asset:pay", // a name that only begins like another is a name
  "path:src/",
  "sql injection",
  "severity:",
])("anything else is taken as it was typed: %s", (typed) => {
  expect(completed(typed, undefined)).toBe(typed);
});
