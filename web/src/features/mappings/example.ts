/** What a new mapping begins with: a small report and the document that reads it. */

export const EXAMPLE_SAMPLE = `{
  "tool": { "name": "Acme Scan", "version": "4.2" },
  "alerts": [
    {
      "check": "A-17",
      "name": "Reflected script",
      "level": "high",
      "refs": ["CWE-79", "https://example.com/a17"],
      "url": "https://shop.example.com/search",
      "field": "q"
    }
  ]
}
`;

export const EXAMPLE_DOCUMENT = `mapping: 1
id: acme-scan
scanner: Acme Scan
kind: dast
items:
  json: alerts.item
finding:
  title: name
  severity: level
  rule_id: check
  cwes: refs
  references: refs
locations:
  url: url
  parameter: field
`;
