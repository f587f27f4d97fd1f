// The lock must work on every platform and from every registry: no host, an integrity for each, no optional package missing.
import { readFileSync } from "node:fs";

const { packages } = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
const problems = [];
const names = new Set(
  Object.keys(packages).map((path) => path.slice(path.lastIndexOf("node_modules/") + 13)),
);
for (const [path, entry] of Object.entries(packages)) {
  if (path === "") continue;
  if (entry.resolved) problems.push(`${path}: names a registry host`);
  if (!entry.integrity && !entry.inBundle) problems.push(`${path}: has no integrity hash`);
  for (const name of Object.keys(entry.optionalDependencies ?? {}))
    if (!names.has(name)) problems.push(`${path}: its optional dependency ${name} is not in the lock`);
}
if (names.size < 100) problems.push(`only ${names.size} packages were looked at`);
for (const problem of problems) console.error(problem);
console.log(`lock: ${names.size - 1} packages, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
