import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("src/ui/tokens.css", "utf8");
const primitives = new Map(
  [...css.matchAll(/(--p-[\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1], match[2]]),
);
const semantic = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\(var\((--p-[\w-]+)\),\s*var\((--p-[\w-]+)\)\)/g)].map(
    (match) => [match[1], [match[2], match[3]]],
  ),
);
const pairs = readFileSync("src/ui/contrast.csv", "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split(","));

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(first: string, second: string): number {
  const [a, b] = [luminance(first), luminance(second)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function colour(token: string | undefined, theme: 0 | 1): string {
  const hex = primitives.get(semantic.get(token ?? "")?.[theme] ?? "");
  if (hex === undefined) throw new Error(`tokens.css has no ${token}`);
  return hex;
}

describe("contrast", () => {
  it("looks at every pair of the list", () => {
    expect(pairs.length).toBeGreaterThan(150);
  });

  it.each([
    ["light", 0],
    ["dark", 1],
  ] as const)("is enough for every pair in use, %s", (_, theme) => {
    const weak = pairs
      .filter(([front, back, needed]) => contrast(colour(front, theme), colour(back, theme)) < Number(needed))
      .map(([front, back]) => `${front} on ${back}`);
    expect(weak).toEqual([]);
  });

  it("asks for at least 3 of marks and 4.5 of text", () => {
    const lax = pairs.filter(
      ([front, , needed]) =>
        Number(needed) < (/-fg$|^text-|^chart-label|^code-(?!mark)|^accent-on/.test(front ?? "") ? 4.5 : 3),
    );
    expect(lax).toEqual([]);
  });
});
