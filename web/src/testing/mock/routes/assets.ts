/** The mock's assets, counted from its findings: listed, added, changed and deleted. */
import type { Asset, AssetDetail, AssetIdentifier } from "@/api/types";
import { parseFilter } from "@/lib/filter-query";
import { SEVERITIES } from "@/lib/words";
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
  return detailed(memory, asset);
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

/** What the assets are known by, while the mock lives. */
const KNOWN_BY = new WeakMap<Memory, Map<string, AssetIdentifier[]>>();

function identifiersOf(memory: Memory, asset: Asset): AssetIdentifier[] {
  const all = KNOWN_BY.get(memory) ?? new Map<string, AssetIdentifier[]>();
  KNOWN_BY.set(memory, all);
  const known = all.get(asset.id) ?? (asset.kind === "repository" ? [repositoryOf(asset)] : []);
  all.set(asset.id, known);
  return known;
}

function repositoryOf(asset: Asset): AssetIdentifier {
  return {
    kind: "repository",
    value: `git.example/acme/${asset.name}`,
    scanner: "CodeQL",
    scan_id: null,
    added_by: null,
    first_seen_at: ago(90),
    last_seen_at: ago(1),
    tells_until: null,
    is_shared: false,
  };
}

function detailed(memory: Memory, asset: Asset): AssetDetail {
  return { ...counted(memory, asset), identifiers: [...identifiersOf(memory, asset)] };
}

/** The asset with what its findings say now. */
function counted(memory: Memory, asset: Asset): Asset {
  const open = select(memory.findings, "is:open").filter((finding) => finding.asset.id === asset.id);
  return { ...asset, open_findings: open.length, by_severity: bySeverity(open) };
}

type Order = (a: Asset, b: Asset) => number;

const byOpen: Order = (a, b) => b.open_findings - a.open_findings;
const byWorst: Order = (a, b) =>
  SEVERITIES.map((each) => (b.by_severity[each] ?? 0) - (a.by_severity[each] ?? 0)).find(
    (difference) => difference !== 0,
  ) ?? 0;
const ORDERS: Record<string, Order> = {
  name: (a, b) => a.name.localeCompare(b.name),
  "-severity": byWorst,
  "-open_findings": byOpen,
};

export const ASSET_ROUTES: Route[] = [
  [
    "GET",
    /^\/assets$/,
    ({ memory, url }) =>
      page(
        memory.assets
          .filter((asset) => matchesAsset(asset, url.searchParams.get("q") ?? ""))
          .map((asset) => counted(memory, asset))
          .toSorted(ORDERS[url.searchParams.get("sort") ?? "name"]),
        url,
      ),
  ],
  ["GET", /^\/assets\/([^/]+)$/, ({ memory, params }) => detailed(memory, found(memory.assets, params[0]))],
  [
    "POST",
    /^\/assets\/([^/]+)\/identifiers$/,
    ({ memory, params, body }) => {
      const asset = found(memory.assets, params[0]);
      const { kind, value } = body as Pick<AssetIdentifier, "kind" | "value">;
      if (kind === "digest" && !value.includes("sha256:"))
        throw new Refusal(422, "It was not added", "The value does not fit.", [
          { pointer: "/value", message: "That is no digest." },
        ]);
      identifiersOf(memory, asset).unshift({
        ...repositoryOf(asset),
        kind,
        value: value.replace(/^https:\/\/|\.git$/g, ""),
        scanner: null,
        added_by: { id: "usr_ada", name: "Ada" },
        first_seen_at: ago(0),
        last_seen_at: ago(0),
      });
      return detailed(memory, asset);
    },
  ],
  [
    "DELETE",
    /^\/assets\/([^/]+)\/identifiers\/([^/]+)\/(.+)$/,
    ({ memory, params }) => {
      const known = identifiersOf(memory, found(memory.assets, params[0]));
      const value = decodeURIComponent(params[2] ?? "");
      const at = known.findIndex((each) => each.kind === params[1] && each.value === value);
      if (at < 0) throw new Refusal(404, "Not found", "The asset is not known by that.");
      known.splice(at, 1);
    },
  ],
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
