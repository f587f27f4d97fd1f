/** The command that mends a package, where its ecosystem has one. */
import type { Component } from "@/api/types";

export type Upgrade = { command: string; note: string };
type Package = { name: string; full: string; namespace: string };
type Ecosystem = (what: Package, version: string) => string;

const ECOSYSTEMS: Record<string, Ecosystem> = {
  npm: ({ full }, version) => `npm install ${full}@${version}`,
  pypi: ({ name }, version) => `pip install ${name}==${version}`,
  golang: ({ full }, version) => `go get ${full}@v${version.replace(/^v/, "")}`,
  cargo: ({ name }, version) => `cargo update -p ${name} --precise ${version}`,
  gem: ({ name }) => `bundle update ${name} --conservative`,
  composer: ({ full }, version) => `composer require ${full}:^${version}`,
  nuget: ({ name }, version) => `dotnet add package ${name} --version ${version}`,
  maven: ({ namespace, name }, version) =>
    `mvn versions:use-dep-version -Dincludes=${namespace}:${name} -DdepVersion=${version}`,
  deb: ({ name }) => `apt-get install --only-upgrade ${name}`,
  rpm: ({ name }) => `dnf upgrade ${name}`,
  apk: ({ name }) => `apk add --upgrade ${name}`,
};
const OF_SYSTEMS = new Set(["deb", "rpm", "apk"]);
/** What no shell reads as anything but a word. A report may hold anything, and this is made to be pasted. */
const NAME = /^@?[A-Za-z0-9][\w.+-]*(?:\/[A-Za-z0-9][\w.+-]*)*$/;
const VERSION = /^[A-Za-z0-9][\w.+~-]*$/;

export function upgradeOf(component: Component): Upgrade | null {
  const found = parse(component.purl);
  const version = nearest(component.version, component.fixed_versions ?? []);
  const command = found && ECOSYSTEMS[found.type];
  if (!found || !command || version === null) return null;
  if (!NAME.test(found.what.full) || !VERSION.test(version)) return null;
  return {
    command: command(found.what, version),
    note: OF_SYSTEMS.has(found.type)
      ? `Brings ${version} or newer. In an image, build it again on a newer base.`
      : `Brings ${version}. If another dependency brings the package along, upgrade that one.`,
  };
}

function parse(purl: string | null | undefined): { type: string; what: Package } | null {
  const [, type, path] = /^pkg:([a-z0-9.+-]+)\/(@?[^@?#]+)/i.exec(purl ?? "") ?? [];
  if (!type || !path) return null;
  try {
    const parts = path.split("/").map(decodeURIComponent);
    const name = parts.at(-1) ?? "";
    return {
      type: type.toLowerCase(),
      what: { name, full: parts.join("/"), namespace: parts.slice(0, -1).join("/") },
    };
  } catch {
    return null;
  }
}

/** The lowest that is above what is installed; of several that cannot be compared, none. */
function nearest(installed: string | null | undefined, fixed: string[]): string | null {
  const [only, ...others] = fixed;
  if (only === undefined) return null;
  if (others.length === 0) return only;
  const from = numbersOf(installed ?? "");
  const known = fixed.map((version) => ({ version, numbers: numbersOf(version) }));
  if (from === null || known.some((each) => each.numbers === null)) return null;
  const above = known
    .map(({ version, numbers }) => ({ version, numbers: numbers as number[] }))
    .filter(({ numbers }) => compare(numbers, from) > 0)
    .sort((a, b) => compare(a.numbers, b.numbers));
  return above[0]?.version ?? null;
}

const numbersOf = (version: string): number[] | null =>
  /^v?\d+(\.\d+)*$/.test(version) ? version.replace(/^v/, "").split(".").map(Number) : null;

function compare(a: number[], b: number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
