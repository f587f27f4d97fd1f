/** The mock server's memory: one organization with some 1 700 findings, made the same way at every start. */
import type {
  ApiToken,
  Asset,
  BrowserSession,
  Comment,
  Finding,
  FindingDetail,
  HistoryEntry,
  Member,
  Occurrence,
  PendingInvitation,
  Scan,
  Severity,
  Triage,
  User,
} from "@/api/types";
import { ago, fakeAsset, fakeFinding, fakeId, fakeScan, fakeUser } from "@/testing/fakes";
import { ASSETS, PEOPLE, PROBLEMS, type Problem } from "@/testing/mock/catalog";

/** Small and repeatable: screenshots must not differ from run to run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const WEIGHT: Record<Severity, number> = {
  critical: 900,
  high: 700,
  medium: 450,
  low: 250,
  info: 80,
  unknown: 120,
};
const ALLOWED_DAYS: Record<Severity, number | null> = {
  critical: 7,
  high: 30,
  medium: 90,
  low: 180,
  info: null,
  unknown: null,
};
const SHARE: [Severity, number][] = [
  ["critical", 2],
  ["high", 14],
  ["medium", 43],
  ["low", 84],
  ["info", 97],
  ["unknown", 100],
];

function severityAt(roll: number): Severity {
  return SHARE.find(([, until]) => roll * 100 < until)?.[0] ?? "low";
}

function triageAt(roll: number): Triage {
  if (roll < 0.68) return "open";
  if (roll < 0.73) return "in_triage";
  if (roll < 0.87) return "confirmed";
  if (roll < 0.94) return "false_positive";
  if (roll < 0.99) return "risk_accepted";
  return "duplicate";
}

function shifted(problem: Problem, next: () => number): Problem["location"] {
  const { location } = problem;
  if (!location?.line) return location;
  return { ...location, line: location.line + Math.floor(next() * 300) };
}

function findingOf(problem: Problem, asset: Asset, next: () => number, isFirst: boolean): Finding {
  const age = isFirst ? 3 + next() * 30 : 1 + next() ** 2 * 420;
  const triage = isFirst ? "open" : triageAt(next());
  const allowed = ALLOWED_DAYS[problem.severity];
  const isInactive = !isFirst && next() < 0.12;
  return fakeFinding({
    asset: { id: asset.id, name: asset.name },
    kind: problem.kind,
    title: problem.title,
    severity: problem.severity,
    severity_reported: problem.severity.toUpperCase(),
    priority: WEIGHT[problem.severity] + (problem.isExploited ? 90 : 0) + Math.floor(next() * 40),
    presence: isInactive ? "inactive" : "active",
    triage,
    triage_reason:
      triage === "false_positive"
        ? "Test fixture, never deployed"
        : triage === "risk_accepted"
          ? "Behind the VPN until the move in March"
          : null,
    vex_status: null,
    identifiers: problem.identifiers ?? [],
    cwes: problem.cwes ?? [],
    cvss: problem.score
      ? [
          {
            score: problem.score,
            version: "3.1",
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            source: "nvd",
          },
        ]
      : [],
    epss: problem.epss ?? null,
    known_exploited: problem.identifiers ? (problem.isExploited ?? false) : null,
    rule_id: problem.rule ?? null,
    scanners: problem.scanners,
    locations: problem.location ? [isFirst ? problem.location : (shifted(problem, next) ?? {})] : [],
    components: problem.component ? [problem.component] : [],
    first_seen_at: ago(age),
    last_seen_at: ago(isInactive ? 9 : next() * 0.5),
    due_at: allowed === null ? null : ago(age - allowed),
    assignee: next() < 0.45 ? (PEOPLE[Math.floor(next() * PEOPLE.length)] ?? null) : null,
    tags: next() < 0.1 ? ["internet-facing"] : [],
    is_reopened: !isFirst && triage === "open" && next() < 0.02,
    vulnerability: problem.identifiers?.[0]
      ? {
          id: `vul_${problem.identifiers[0].toLowerCase().replaceAll("-", "")}`,
          name: problem.identifiers[0],
        }
      : null,
    occurrence_count: 1 + Math.floor(next() * 4),
  });
}

export type Memory = {
  isSignedIn: boolean;
  findings: Finding[];
  assets: Asset[];
  scans: Scan[];
  comments: Map<string, Comment[]>;
  history: Map<string, HistoryEntry[]>;
  tokens: ApiToken[];
  user: User;
  sessions: BrowserSession[];
  members: Member[];
  invitations: PendingInvitation[];
};

export function createMemory(size = 1_700): Memory {
  const next = random(20_261_122);
  const assets = ASSETS.map((name, index) =>
    fakeAsset({
      name,
      kind: ["repository", "repository", "image", "host"][index % 4],
      last_scan_at: index === 11 ? null : ago(index * 0.4),
      created_at: ago(500 - index * 20),
      tags: index % 3 === 0 ? ["payments", "pci"] : index % 3 === 1 ? ["edge"] : [],
    }),
  );
  const assetAt = (index: number) => assets[index % assets.length] ?? fakeAsset();
  const findings = PROBLEMS.map((problem, index) => findingOf(problem, assetAt(index), next, true));
  while (findings.length < size) {
    const severity = severityAt(next());
    const fitting = PROBLEMS.filter((problem) => problem.severity === severity);
    const problem = fitting[Math.floor(next() * fitting.length)];
    if (problem) findings.push(findingOf(problem, assetAt(Math.floor(next() * assets.length)), next, false));
  }
  return {
    isSignedIn: false,
    findings,
    assets,
    scans: scans(assets),
    comments: new Map(),
    history: new Map(),
    tokens: [
      {
        id: "tok_ci",
        name: "ci-uploads",
        scopes: ["scans:write", "scans:read"],
        created_at: ago(80),
        expires_at: ago(-285),
        last_used_at: ago(0.01),
        is_expired: false,
      },
      {
        id: "tok_old",
        name: "old laptop",
        scopes: ["*"],
        created_at: ago(400),
        expires_at: ago(35),
        last_used_at: ago(60),
        is_expired: true,
      },
    ],
    user: fakeUser,
    sessions: [
      {
        id: "ses_1",
        is_current: true,
        created_at: ago(0.2),
        last_seen_at: ago(0),
        user_agent:
          "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
        remote_address: "127.0.0.1",
        expires_at: ago(-14),
      },
      {
        id: "ses_2",
        is_current: false,
        created_at: ago(12),
        last_seen_at: ago(2.2),
        user_agent:
          "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
        remote_address: "203.0.113.27",
        expires_at: ago(-2),
      },
    ],
    members: [
      { ...fakeUser, role: "admin", is_disabled: false, created_at: ago(500), last_sign_in_at: ago(0.01) },
      ...PEOPLE.map((person, index) => ({
        id: person.id,
        name: person.name,
        email: `${person.name.split(" ")[0]?.toLowerCase()}@acme.example`,
        role: index === 0 ? ("admin" as const) : index === 4 ? ("viewer" as const) : ("member" as const),
        is_disabled: index === 3,
        created_at: ago(300 - index),
        last_sign_in_at: index === 2 ? null : ago(index + 0.2),
      })),
    ],
    invitations: [{ id: "inv_1", email: "tomas@acme.example", role: "member", expires_at: ago(-6) }],
  };
}

function scans(assets: Asset[]): Scan[] {
  const [payments, , , media, , edge, , identity, , web, infra] = assets;
  const done = (
    asset: Asset | undefined,
    scanner: string,
    days: number,
    reported: number,
    fresh: number,
    closed: number,
  ): Scan =>
    fakeScan({
      asset: asset ? { id: asset.id, name: asset.name } : null,
      scanner,
      format: `${scanner}-json`,
      file_name: `${scanner}-${asset?.name}.json`,
      accepted_at: ago(days),
      started_at: ago(days - 0.0001),
      finished_at: ago(days - 0.0005),
      counts: {
        reported,
        new: fresh,
        unchanged: reported - fresh,
        moved: 0,
        changed: 0,
        reopened: 0,
        suppressed: 0,
        folded: 0,
        closed,
        findings: { new: fresh, reopened: 0, closed },
      },
    });
  return [
    fakeScan({
      id: "scn_held",
      state: "held",
      asset: identity ? { id: identity.id, name: identity.name } : null,
      scanner: "semgrep",
      format: "sarif",
      file_name: "semgrep-identity-service.sarif",
      accepted_at: ago(0.0375),
      finished_at: null,
      held: {
        reason:
          "This scan would close 214 of 231 open findings of its scope, more than 20 %. It ran 38 rules; the last one ran 1 104.",
        would_close: 214,
        by_severity: { critical: 9, high: 48, medium: 97, low: 60 },
      },
    }),
    fakeScan({
      id: "scn_failed",
      state: "failed",
      asset: web ? { id: web.id, name: web.name } : null,
      scanner: "zap",
      format: "zap-xml",
      file_name: "zap-web-checkout.xml",
      size_bytes: 48_012_000,
      accepted_at: ago(0.04),
      counts: null,
      error: {
        code: "truncated",
        message: "The file ends in the middle of result 1 907.",
        position: "line 4812, column 17",
      },
    }),
    done(payments, "trivy", 0.0085, 4118, 12, 31),
    done(edge, "zap", 0.033, 62, 3, 0),
    done(identity, "codeql", 0.083, 309, 1, 17),
    done(web, "npm audit", 0.125, 97, 0, 8),
    {
      ...done(infra, "checkov", 0.2, 1260, 0, 0),
      problems: [
        {
          position: "",
          reason: "A later report of the same series counts already: this one changes nothing.",
        },
      ],
    },
    {
      ...done(media, "grype", 0.25, 2044, 2, 5),
      problems: [
        { position: "matches[118]", reason: "The package has no version; the result was kept without one." },
      ],
    },
  ];
}

export function detailOf(memory: Memory, finding: Finding): FindingDetail {
  const [location = null] = finding.locations;
  const [component = null] = finding.components;
  const isOpen = finding.presence === "active";
  const occurrence = (
    scanner: string,
    ref: string,
    first: number,
    open: boolean,
    isTracked = true,
  ): Occurrence => ({
    id: fakeId("occ"),
    scanner,
    ref,
    is_tracked: isTracked,
    is_open: open && isOpen,
    severity: finding.severity,
    location,
    component,
    first_seen_at: ago(first),
    last_seen_at: ago(open ? 0.01 : 9),
    closed_at: open && isOpen ? null : ago(9),
    close_reason: open && isOpen ? null : "not_seen",
  });
  return {
    ...finding,
    description:
      "The value of a request parameter is put into the text of a statement.\n\nWhoever can send a request can read and change every row that this service may read and change.",
    remediation: component?.fixed_versions?.[0]
      ? `Upgrade ${component.name} to ${component.fixed_versions[0]} or later.`
      : "Pass the value as a bound parameter.",
    references: [
      ...finding.identifiers.map((id) =>
        id.startsWith("GHSA")
          ? `https://github.com/advisories/${id}`
          : `https://nvd.nist.gov/vuln/detail/${id}`,
      ),
      ...finding.cwes.map((cwe) => `https://cwe.mitre.org/data/definitions/${cwe}.html`),
    ],
    evidence: location?.evidence ?? null,
    severity_override: null,
    vex: null,
    duplicate_of: null,
    occurrences: [
      ...finding.scanners.map((scanner, index) => occurrence(scanner, "main", 5 - index, true)),
      occurrence(finding.scanners[0] ?? "trivy", "release/4.2", 4, true),
      occurrence(finding.scanners[0] ?? "trivy", "feat/refunds", 2, true, false),
      occurrence(finding.scanners[0] ?? "trivy", "release/4.1", 60, false),
    ],
    history: [
      {
        id: "evt_1",
        at: finding.first_seen_at,
        actor: null,
        action: "first_seen",
        detail: { scanner: finding.scanners[0], ref: "main" },
      },
      ...(finding.assignee
        ? [
            {
              id: "evt_2",
              at: ago(1),
              actor: finding.assignee,
              action: "assigned",
              detail: { to: finding.assignee.name },
            },
          ]
        : []),
      ...(memory.history.get(finding.id) ?? []),
    ],
    comments: memory.comments.get(finding.id) ?? [],
  };
}
