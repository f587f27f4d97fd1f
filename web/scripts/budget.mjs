// Fails when a page of a signed-in person costs more than its budget before it can be drawn: entry, shell, page, styles, gzipped.
import { readFileSync } from "node:fs";

const PAGES = [
  { name: "overview", route: "src/routes/_app/index.tsx", limit: 136_500 },
  { name: "findings", route: "src/routes/_app/findings.tsx", limit: 170_400 },
];
const SHELL = "src/routes/_app.tsx";
const dist = new URL("../dist/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, dist), "utf8"));
const manifest = read(".vite/manifest.json");
const sizes = read(".vite/sizes.json");
const keys = Object.keys(manifest);
const entry = keys.filter((key) => manifest[key].isEntry);
const gz = (file) => sizes[file]?.gz ?? readFileSync(new URL(file, dist)).length;

function filesOf(routes) {
  const files = new Set();
  const take = (key) => {
    const chunk = manifest[key];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    for (const next of chunk.imports ?? []) take(next);
  };
  const found = routes.flatMap((route) => keys.filter((key) => key.startsWith(`${route}?`)));
  if (entry.length !== 1 || found.length < routes.length)
    throw new Error("The build's manifest has another shape: nothing was measured.");
  for (const key of [...entry, ...found]) take(key);
  return files;
}

for (const { name, route, limit } of PAGES) {
  const rows = [...filesOf([SHELL, route])].map((file) => [file, gz(file)]).sort((a, b) => b[1] - a[1]);
  const total = rows.reduce((sum, [, size]) => sum + size, 0);
  for (const [file, size] of rows) console.log(`${(size / 1000).toFixed(1).padStart(7)} kB  ${file}`);
  console.log(`${(total / 1000).toFixed(2).padStart(7)} kB of ${limit / 1000} kB (gzip): ${name}\n`);
  if (total > limit) process.exitCode = 1;
}
