/** The mock's assets, counted from its findings: listed, added, changed and deleted. */
import type { Asset } from "@/api/types";
import { parseFilter } from "@/lib/filter-query";
import { ago, fakeId } from "@/testing/fakes";
import type { Memory } from "@/testing/mock/data";
import { QueryProblem, select } from "@/testing/mock/query";
import { found, page, Refusal, type Route } from "@/testing/mock/route";
import { bySeverity } from "@/testing/mock/views";

type AssetChange = Partial<Pick<Asset, "name" | "kind" | "default_ref" | "tags">> & {
  refs?: { name: string; is_tracked: boolean }[];
};

function changeAsset(memory: Memory, id: string | undefined, { refs = [], ...change }: AssetChange): Asset {
  const asset = found(memory.assets, id);
  if (memory.assets.some((other) => other !== asset && other.name === change.name))
    throw new Refusal(409, "The asset was not changed", "Another asset has this name.", [
      { pointer: "/name", message: "Choose another name." },
    ]);
  Object.assign(asset, change);
  asset.refs = asset.refs.map((ref) => ({ ...ref, ...refs.find((each) => each.name === ref.name) }));
  for (const finding of memory.findings)
    if (finding.asset.id === asset.id) finding.asset = { id: asset.id, name: asset.name };
  return counted(memory, asset);
}

function matchesAsset(asset: Asset, query: string): boolean {
  return parseFilter(query).every((token) => {
    if (token.type !== "key") return asset.name.includes(token.text);
    const own: Record<string, string[]> = {
      asset: [asset.name, asset.id],
      "asset.kind": [asset.kind],
      "asset.tag": asset.tags,
      scanner: asset.scanners,
    };
    const values = own[token.key];
    if (!values) throw new QueryProblem(`Assets are not filtered by “${token.key}”`);
    return token.values.some((value) => values.includes(value));
  });
}

/** The asset with what its findings say now. */
function counted(memory: Memory, asset: Asset): Asset {
  const open = select(memory.findings, "is:open").filter((finding) => finding.asset.id === asset.id);
  return { ...asset, open_findings: open.length, by_severity: bySeverity(open) };
}

export const ASSET_ROUTES: Route[] = [
  [
    "GET",
    /^\/assets$/,
    ({ memory, url }) =>
      page(
        memory.assets
          .filter((asset) => matchesAsset(asset, url.searchParams.get("q") ?? ""))
          .map((asset) => counted(memory, asset)),
        url,
      ),
  ],
  ["GET", /^\/assets\/([^/]+)$/, ({ memory, params }) => counted(memory, found(memory.assets, params[0]))],
  [
    "POST",
    /^\/assets$/,
    ({ memory, body }) => {
      const given = body as { name: string; kind?: string };
      if (memory.assets.some((asset) => asset.name === given.name))
        throw new Refusal(409, "The asset was not created", "Another asset has this name.", [
          { pointer: "/name", message: "Choose another name." },
        ]);
      const asset = {
        ...found(memory.assets, memory.assets[0]?.id),
        id: fakeId("ast"),
        refs: [],
        scanners: [],
        open_findings: 0,
        by_severity: {},
        last_scan_at: null,
        tags: [],
        created_at: ago(0),
        ...given,
      } as Memory["assets"][number];
      memory.assets.unshift(asset);
      return asset;
    },
  ],
  [
    "PATCH",
    /^\/assets\/([^/]+)$/,
    ({ memory, params, body }) => changeAsset(memory, params[0], body as AssetChange),
  ],
  [
    "DELETE",
    /^\/assets\/([^/]+)$/,
    ({ memory, url, params }) => {
      const asset = found(memory.assets, params[0]);
      if (url.searchParams.get("confirm") !== asset.name)
        throw new Refusal(422, "The asset was not deleted", "Its name has to be repeated to confirm.");
      memory.assets.splice(memory.assets.indexOf(asset), 1);
      memory.findings = memory.findings.filter((finding) => finding.asset.id !== asset.id);
    },
  ],
];
