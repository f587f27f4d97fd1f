/** The list of how destructive routes are asked for says the truth about the pages. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import confirmations from "./confirmations.json";

type Entry = { way: string; in?: string };

const SRC = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(SRC, file), "utf8");
const sources = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|testing\//.test(file))
  .map(read);
const entries = Object.entries(confirmations as Record<string, Entry>);
/** `/tokens/${id}` and `/tokens/{token_id}` alike become `/tokens/*`. */
const shape = (path: string) => path.replace(/\$?\{[^}]*\}/g, "*");

describe("what takes something away", () => {
  it.each(entries.filter(([, { way }]) => way.startsWith("asks")))(
    "asks before %s",
    (_, { way, in: file }) => {
      const source = read(file ?? "");
      expect(source).toContain("<Confirm");
      if (way === "asks for the name") expect(source).toContain("typedName=");
    },
  );

  it.each(entries.filter(([, { way }]) => way === "is on no page"))("is on no page: %s", (route) => {
    const [method = "", path = ""] = route.split(" ");
    const call = `api.${method.toLowerCase()}(\`${shape(path).split("*")[0]}`;
    expect(sources.filter((source) => source.includes(call))).toEqual([]);
  });

  it("is on the list wherever a page deletes", () => {
    const listed = new Set(entries.map(([route]) => shape(route)));
    const called = sources.flatMap((source) =>
      [...source.matchAll(/api\.delete\(`([^`]+)`/g)].map((found) => found[1]),
    );
    expect(called.length).toBeGreaterThan(3);
    expect(called.filter((path) => !listed.has(`DELETE ${shape(path ?? "")}`))).toEqual([]);
  });
});
