// Fails when the first page of a signed-in person costs more than the budget: entry, shell, overview, styles, gzipped.
import { readFileSync } from "node:fs";

const LIMIT = 141_000;
const ROUTES = ["src/routes/_app.tsx", "src/routes/_app/index.tsx"];
const dist = new URL("../dist/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, dist), "utf8"));
const manifest = read(".vite/manifest.json");
const sizes = read(".vite/sizes.json");

const files = new Set();
function take(key) {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const next of chunk.imports ?? []) take(next);
}
const keys = Object.keys(manifest);
const entry = keys.filter((key) => manifest[key].isEntry);
const routes = ROUTES.flatMap((route) => keys.filter((key) => key.startsWith(`${route}?`)));
if (entry.length !== 1 || routes.length < ROUTES.length)
  throw new Error("The build's manifest has another shape: nothing was measured.");
for (const key of [...entry, ...routes]) take(key);

const gz = (file) => sizes[file]?.gz ?? readFileSync(new URL(file, dist)).length;
const rows = [...files].map((file) => [file, gz(file)]).sort((a, b) => b[1] - a[1]);
const total = rows.reduce((sum, [, size]) => sum + size, 0);
for (const [file, size] of rows) console.log(`${(size / 1000).toFixed(1).padStart(7)} kB  ${file}`);
console.log(`${(total / 1000).toFixed(1).padStart(7)} kB of ${LIMIT / 1000} kB (gzip)`);
if (total > LIMIT) process.exit(1);
