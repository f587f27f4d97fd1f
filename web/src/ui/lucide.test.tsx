import { Bell, Upload } from "lucide-react";
import * as bell from "lucide-react/dist/esm/icons/bell.mjs";
import * as upload from "lucide-react/dist/esm/icons/upload.mjs";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import createLucideIcon, { type IconData } from "./lucide";

/** Every icon keeps its lines beside its component; the types say nothing of them. */
const dataOf = (module: object) => (module as { __iconData: IconData }).__iconData;

const attributesOf = (markup: string) => {
  const svg = new DOMParser().parseFromString(markup, "text/html").querySelector("svg");
  const own = [...(svg?.attributes ?? [])].map(({ name, value }) => `${name}=${value.trim()}`);
  return [...own.filter((each) => !each.startsWith("xmlns=")).sort(), svg?.innerHTML];
};

it.each([
  {},
  { size: 15, strokeWidth: 1.75, className: "shrink-0" },
  { "aria-hidden": true },
  { "aria-label": "Alerts", role: "img" },
] as const)("draws an icon as lucide-react does: %j", (props) => {
  for (const [Theirs, data] of [
    [Bell, bell],
    [Upload, upload],
  ] as const) {
    const Ours = createLucideIcon(dataOf(data));
    expect(attributesOf(renderToStaticMarkup(<Ours {...props} />))).toEqual(
      attributesOf(renderToStaticMarkup(<Theirs {...props} />)),
    );
  }
});
