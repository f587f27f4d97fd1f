/** The kinds of assets, as offered when one is made; others that the server knows show as they are. */

export const ASSET_KIND_WORD: Record<string, string> = {
  repository: "Repository",
  image: "Container image",
  site: "Web site",
  host: "Host",
  account: "Cloud account",
};

export function assetKindName(kind: string): string {
  return ASSET_KIND_WORD[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll("_", " ");
}

/** "payments, pci" → ["payments", "pci"]: trimmed, each once. */
export function tagsOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/[,\s]+/)
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ""),
    ),
  ];
}
