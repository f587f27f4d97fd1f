/** Writes .gz and .br beside every text file of the build, so that no server compresses the same bytes twice. */
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(js|css|html|svg|json|webmanifest)$/;
const SMALLEST = 1024;
const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

type Size = { bytes: number; gz: number; br: number };

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function compress(file: string): Promise<Size> {
  const bytes = await readFile(file);
  const [gz, br] = await Promise.all([
    zip(bytes, { level: 9 }),
    brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  ]);
  await Promise.all([writeFile(`${file}.gz`, gz), writeFile(`${file}.br`, br)]);
  return { bytes: bytes.length, gz: gz.length, br: br.length };
}

export function compressed(): Plugin {
  let out = "dist";
  return {
    name: "hauberk:compressed",
    apply: "build",
    enforce: "post",
    configResolved(config) {
      out = config.build.outDir;
    },
    async closeBundle() {
      const sizes: Record<string, Size> = {};
      for (const file of (await filesUnder(out)).filter(
        (name) => TEXT.test(name) && !name.includes(".vite"),
      )) {
        const { size } = await stat(file);
        if (size >= SMALLEST) sizes[relative(out, file)] = await compress(file);
      }
      await writeFile(join(out, ".vite", "sizes.json"), `${JSON.stringify(sizes, null, 1)}\n`);
    },
  };
}
