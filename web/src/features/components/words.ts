/** Ecosystems and fixes as a person reads them. */
import type { ComponentRelease, ListedComponent } from "@/api/types";
import { formatNumber } from "@/lib/format";

const ECOSYSTEMS: Record<string, string> = {
  apk: "Alpine",
  cargo: "Rust",
  composer: "PHP",
  deb: "Debian",
  gem: "Ruby",
  generic: "",
  golang: "Go",
  maven: "Maven",
  npm: "npm",
  nuget: "NuGet",
  pypi: "PyPI",
  rpm: "RPM",
};

export function ecosystemName(ecosystem: string | null): string {
  return ecosystem === null ? "" : (ECOSYSTEMS[ecosystem] ?? ecosystem);
}

export function versionName(release: Pick<ComponentRelease, "version">): string {
  return release.version ?? "version not given";
}

export function openFindingsOf(component: { id: string }): string {
  return `component:${component.id} is:open`;
}

/** How much of it an upgrade settles: "all 5", "3 of 5"; null where no report names a fix. */
export function describeFix({
  open_findings,
  fixable_findings,
}: Pick<ListedComponent, "open_findings" | "fixable_findings">): string | null {
  if (fixable_findings === 0) return null;
  if (fixable_findings === open_findings)
    return open_findings === 1 ? "its finding" : `all ${formatNumber(open_findings)} findings`;
  return `${formatNumber(fixable_findings)} of ${formatNumber(open_findings)} findings`;
}
