/** Puts the list of how destructive routes are asked for beside the manifest, where `hauberk readiness` reads it. */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

export function confirmations(): Plugin {
  return {
    name: "hauberk:confirmations",
    apply: "build",
    generateBundle() {
      const list = JSON.parse(
        readFileSync(new URL("../src/api/confirmations.json", import.meta.url), "utf8"),
      );
      const ways = Object.fromEntries(
        Object.entries(list as Record<string, { way: string }>).map(([route, { way }]) => [route, way]),
      );
      this.emitFile({
        type: "asset",
        fileName: ".vite/confirmations.json",
        source: `${JSON.stringify(ways, null, 1)}\n`,
      });
    },
  };
}
