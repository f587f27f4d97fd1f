/** Writes into the page the hash of every script and style it names: a file that was changed on its way is not run. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";

const TAG = /<(?:script|link)\b[^>]*\b(?:src|href)="(\/[^"]+\.(?:js|css))"[^>]*>/g;

async function hashed(out: string, tag: string, path: string): Promise<string> {
  const bytes = await readFile(join(out, path));
  const hash = createHash("sha384").update(bytes).digest("base64");
  return tag.replace(/\s*>$/, ` integrity="sha384-${hash}">`);
}

export function integrity(): Plugin {
  let out = "dist";
  return {
    name: "hauberk:integrity",
    apply: "build",
    enforce: "post",
    configResolved(config) {
      out = config.build.outDir;
    },
    async writeBundle() {
      const page = join(out, "index.html");
      const html = await readFile(page, "utf8");
      const tags = [...html.matchAll(TAG)].filter(([tag]) => !tag.includes("integrity="));
      const done = await Promise.all(tags.map(([tag, path = ""]) => hashed(out, tag, path)));
      const whole = tags.reduce((text, [tag], place) => text.replace(tag, done[place] ?? tag), html);
      await writeFile(page, whole);
    },
  };
}
