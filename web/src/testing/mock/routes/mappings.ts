/** The mock's mappings: kept as they are sent; a preview takes a sample for a list of things with a name and a level. */
import type { Mapping, MappingPreview } from "@/api/types";
import { ago, fakeUser } from "@/testing/fakes";
import { found, page, Refusal, type Route } from "@/testing/mock/route";

let mappings: Mapping[] = [];

export const forgetMappings = () => {
  mappings = [];
};

const said = (document: string, field: string) => new RegExp(`^${field}: *(.+)$`, "m").exec(document)?.[1];

function made(document: string, version: number): Mapping {
  const name = said(document, "id");
  if (!name)
    throw new Refusal(422, "The request is not valid", null, [
      { pointer: "/document", message: "line 1, id: This is required." },
    ]);
  return {
    id: `map_${name}`,
    format: `mapping:${name}`,
    scanner: said(document, "scanner") ?? name,
    title: said(document, "scanner") ?? name,
    kinds: ["dast"],
    is_recognised: document.includes("recognise:"),
    document,
    version,
    updated_at: ago(0),
    updated_by: { id: fakeUser.id, name: fakeUser.name },
  };
}

function preview({ document, sample }: { document: string; sample: string }): MappingPreview {
  const nothing = { format: null, is_recognised: false, findings: [], finding_count: 0, header: {} };
  const level = /severity: levl/.test(document);
  if (!said(document, "id"))
    return {
      ...nothing,
      mapping_problems: [{ field: "id", line: 1, message: "This is required." }],
      sample_problems: [],
      refusal: null,
    };
  let alerts: { name: string; level: "high" | "low" }[] = [];
  try {
    alerts = JSON.parse(sample).alerts;
  } catch {
    const refusal = "The JSON document ends in the middle; was the file cut off?";
    return { ...nothing, mapping_problems: [], sample_problems: [], refusal };
  }
  return {
    format: `mapping:${said(document, "id")}`,
    is_recognised: document.includes("recognise:"),
    findings: alerts.map((each) => ({
      kind: "dast",
      title: each.name,
      severity: level ? "unknown" : each.level,
      severity_reported: each.level,
      rule_id: "A-17",
      locations: [{ url: "https://shop.example.com/search", parameter: "q" }],
    })),
    finding_count: alerts.length,
    header: {},
    mapping_problems: level
      ? [{ field: "finding.severity", line: 9, message: "Nothing stands there in this sample." }]
      : [],
    sample_problems: [],
    refusal: null,
  };
}

export const MAPPING_ROUTES: Route[] = [
  ["GET", /^\/mappings$/, ({ url }) => page(mappings, url)],
  ["POST", /^\/mappings\/preview$/, ({ body }) => preview(body as { document: string; sample: string })],
  [
    "POST",
    /^\/mappings$/,
    ({ body }) => {
      const mapping = made((body as { document: string }).document, 1);
      mappings = [...mappings, mapping];
      return mapping;
    },
  ],
  ["GET", /^\/mappings\/([^/]+)$/, ({ params }) => found(mappings, params[0])],
  [
    "PUT",
    /^\/mappings\/([^/]+)$/,
    ({ params, body }) => {
      const old = found(mappings, params[0]);
      const mapping = { ...made((body as { document: string }).document, old.version + 1), id: old.id };
      mappings = mappings.map((each) => (each.id === old.id ? mapping : each));
      return mapping;
    },
  ],
  [
    "DELETE",
    /^\/mappings\/([^/]+)$/,
    ({ params }) => {
      mappings = mappings.filter((each) => each.id !== params[0]);
    },
  ],
];
