/** From a finding to its line in the repository that its asset is known by. */
import type { AssetIdentifier, FindingDetail } from "@/api/types";

type Forge = { isIt: RegExp; address: (file: string, ref: string, line: number | null) => string };

const FORGES: Forge[] = [
  {
    isIt: /^github\./,
    address: (file, ref, line) => `blob/${ref}/${file}${line ? `#L${line}` : ""}`,
  },
  {
    isIt: /^gitlab\./,
    address: (file, ref, line) => `-/blob/${ref}/${file}${line ? `#L${line}` : ""}`,
  },
  {
    isIt: /^bitbucket\.org$/,
    address: (file, ref, line) => `src/${ref}/${file}${line ? `#lines-${line}` : ""}`,
  },
];
const REPOSITORY = /^([a-z0-9][a-z0-9.-]*(?::\d+)?)\/([\w.~/-]+)$/i;

export type SourceLink = { href: string; host: string };

/** Null where the repository, its kind or the path in it is not known: a link that leads nowhere helps nobody. */
export function sourceLink(
  identifiers: Pick<AssetIdentifier, "kind" | "value">[],
  finding: Pick<FindingDetail, "locations" | "components" | "occurrences">,
): SourceLink | null {
  const repositories = identifiers.filter((each) => each.kind === "repository");
  const [, host, project] = REPOSITORY.exec(repositories[0]?.value ?? "") ?? [];
  const forge = FORGES.find((each) => host && each.isIt.test(host));
  if (!forge || !host || repositories.length > 1) return null;
  const [place] = finding.locations;
  const [component] = finding.components;
  const file = pathInRepository(component?.path ?? place?.path);
  if (file === null) return null;
  const standing = finding.occurrences.find((each) => each.is_open) ?? finding.occurrences[0];
  const ref = place?.commit ?? (standing && standing.ref !== "default" ? standing.ref : "HEAD");
  const line = component ? null : (place?.line ?? null);
  return {
    host,
    href: `https://${host}/${encoded(project ?? "")}/${forge.address(file, encoded(ref), line)}`,
  };
}

/** Scanners also name files of images and of the machine that built: those are nowhere in the repository. */
function pathInRepository(path: string | null | undefined): string | null {
  const file = path?.replace(/^\.\//, "");
  if (!file || /^[/~]|^[a-z]:|[\\:]|(^|\/)\.\.(\/|$)/i.test(file)) return null;
  return encoded(file);
}

const encoded = (path: string) => path.split("/").map(encodeURIComponent).join("/");
