/** The kinds of assets, as offered when one is made; others that the server knows show as they are. */
import { capitalized } from "@/lib/format";

export const ASSET_KIND_WORD: Record<string, string> = {
  repository: "Repository",
  image: "Container image",
  site: "Web site",
  host: "Host",
  account: "Cloud account",
};

export function assetKindName(kind: string): string {
  return ASSET_KIND_WORD[kind] ?? capitalized(kind.replaceAll("_", " "));
}

/** What an asset may be known by, and how that looks. */
export const IDENTIFIER_WORD: Record<string, { name: string; example: string }> = {
  repository: { name: "Repository", example: "https://git.example/team/shop" },
  image: { name: "Image", example: "registry.example/team/shop:1.4" },
  digest: { name: "Image digest", example: "sha256:…" },
  ip: { name: "Address", example: "192.0.2.17" },
  mac: { name: "Network card", example: "00:16:3e:5e:6c:00" },
  uuid: { name: "Machine id", example: "c0ffee00-1111-2222-3333-444455556666" },
  cloud: { name: "Cloud id", example: "i-0abc1234" },
};

export function identifierKindName(kind: string): string {
  return IDENTIFIER_WORD[kind]?.name ?? kind;
}
