/** Emits /sw.js with the files that make the offline shell (the page, its entry, its styles and the base font), and the
    code of all other pages, which is kept later. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

export function serviceWorker(): Plugin {
  return {
    name: "hauberk:service-worker",
    apply: "build",
    generateBundle(_, bundle) {
      const entries = new Set<string>();
      const queue = Object.values(bundle).flatMap((file) =>
        file.type === "chunk" && file.isEntry ? [file.fileName] : [],
      );
      for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
        const file = bundle[name];
        if (entries.has(name) || file?.type !== "chunk") continue;
        entries.add(name);
        queue.push(...file.imports);
      }
      const assets = Object.keys(bundle).filter(
        (name) => name.endsWith(".css") || /geist-latin-wght/.test(name),
      );
      // index.html is not in the bundle at this point, so "/" is named by hand.
      const shell = ["/", "/theme.js", ...[...entries, ...assets].map((name) => `/${name}`)].sort();
      const rest = Object.values(bundle)
        .flatMap((file) =>
          file.type === "chunk" && !entries.has(file.fileName) ? [`/${file.fileName}`] : [],
        )
        .sort();
      const version = createHash("sha256").update(shell.join()).digest("hex").slice(0, 12);
      const source = readFileSync(new URL("./service-worker.js", import.meta.url), "utf8")
        .replace("__VERSION__", JSON.stringify(version))
        .replace("__SHELL__", JSON.stringify(shell))
        .replace("__REST__", JSON.stringify(rest));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}
