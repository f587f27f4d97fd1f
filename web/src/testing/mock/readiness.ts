/** The mock server's readiness report: one must check fails, the rest is mixed. */
import type { CheckLevel, CheckResult, Readiness, ReadinessCheck } from "@/api/types";
import type { Feed } from "@/features/readiness/queries";
import { ago } from "@/testing/fakes";

type Given = [
  id: string,
  level: CheckLevel,
  result: CheckResult,
  kind: string,
  title: string,
  evidence: string,
  advice?: string,
];

const GROUPS: Record<string, Given[]> = {
  Security: [
    [
      "SEC-1",
      "must",
      "PASS",
      "config",
      "Signing secret is strong",
      "64 bytes, looks random; 2 keys in rotation",
    ],
    [
      "SEC-2",
      "must",
      "PASS",
      "live",
      "No secret in code or logs",
      "0 shapes in 10 000 log lines, 1 204 files",
    ],
    ["SEC-3", "must", "PASS", "live", "HTTPS only", "TLS 1.3, HSTS 1 y, certificate ends in 61 d"],
    [
      "SEC-4",
      "must",
      "PASS",
      "live",
      "CORS lists exact origins",
      "1 origin allowed; foreign preflight refused",
    ],
    [
      "SEC-5",
      "should",
      "PASS",
      "live",
      "Rate limits on every route",
      "101st of 100/min: 429, Retry-After 38",
    ],
    [
      "SEC-6",
      "expected",
      "WARN",
      "live",
      "Uploads are scanned",
      "EICAR, bomb, wrong type, oversize refused; no ClamAV",
      "Set `HAUBERK_CLAMAV_URL` to scan with ClamAV in addition.",
    ],
    [
      "SEC-7",
      "expected",
      "PASS",
      "record",
      "No known vulnerable dependency",
      "no advisory known on 21 Nov 2026",
    ],
    ["SEC-8", "expected", "PASS", "live", "Security headers", "grade A+"],
  ],
  "Infrastructure and deployment": [
    ["INF-1", "should", "PASS", "live", "Several workers behind one socket", "8 processes on 8 cores"],
    [
      "INF-2",
      "must",
      "PASS",
      "config",
      "Database pool fits the server",
      "20 + 40 each, 8 processes, 500 allowed",
    ],
    [
      "INF-3",
      "must",
      "FAIL",
      "record",
      "Backups are made and restored",
      "last backup 6 h ago, 214 MB; last restore test 47 d ago",
      "Run `hauberk drill restore`. It restores last night’s backup beside the database and takes about 9 min.",
    ],
    [
      "INF-4",
      "nice",
      "PASS",
      "live",
      "Environments are separate",
      "stamp production; 0 of 3 sibling secrets equal",
    ],
    [
      "INF-5",
      "expected",
      "PASS",
      "config",
      "Load balancer agrees with the app",
      "body 2 GB, idle 30 s, 2 upstreams",
    ],
    ["INF-6", "expected", "PASS", "live", "Health says what it checks", "ready 200 in 4 ms; drill 3 d ago"],
    ["INF-7", "expected", "PASS", "live", "Indexes for every hot query", "14 of 14 plans use their index"],
  ],
  Performance: [
    ["PERF-1", "should", "PASS", "live", "Hot reads are cached", "hit ratio 93 % of 41 208 reads"],
    ["PERF-2", "expected", "PASS", "live", "No query per row", "most statements of a list: 4"],
    [
      "PERF-5",
      "expected",
      "SKIP",
      "live",
      "Costly queries are cached",
      "61 reads since the start; 100 are needed",
      "Use it for a while, then run 'hauberk readiness --only PERF-5'.",
    ],
    ["PERF-10", "expected", "PASS", "live", "Slow calls end after 30 s", "cut at 30.2 s with 504"],
    [
      "PERF-12",
      "expected",
      "WAIVED",
      "attested",
      "Redis cannot evict the queue",
      "one shared server until 1 Dec 2026, waived by M. Okafor",
      "Give the queue its own server with noeviction.",
    ],
  ],
  Capacity: [
    ["TST-4", "should", "PASS", "record", "Load test at twice the users", "2 000 users, p95 84 ms, 0 errors"],
    [
      "CAP-1",
      "expected",
      "WARN",
      "extrapolated",
      "10 000 concurrent users",
      "10 000 streams held; 61 % of the rate on 8 cores",
      "Run two more app nodes, or measure on the real hardware.",
    ],
    [
      "CAP-2",
      "expected",
      "SKIP",
      "record",
      "Replica answers reads",
      "no replica is set",
      "Set HAUBERK_DATABASE_REPLICA_URL.",
    ],
  ],
};

const items = Object.entries(GROUPS).flatMap(([group, checks]) =>
  checks.map(
    ([id, level, result, kind, title, evidence, advice]): ReadinessCheck => ({
      id,
      group,
      title,
      level,
      result,
      kind,
      evidence,
      advice: advice ?? null,
      observed_at: kind === "record" ? ago(2) : ago(0.003),
      build: "0.1.0",
    }),
  ),
);

export const READINESS: Readiness = {
  items,
  summary: Object.fromEntries(
    ["PASS", "WARN", "FAIL", "SKIP", "WAIVED"].map((result) => [
      result,
      items.filter((each) => each.result === result).length,
    ]),
  ),
};

export const FEEDS: Feed[] = [
  {
    name: "epss",
    title: "Exploit Prediction Scoring System",
    says: "how probable it is that a vulnerability is exploited within 30 days",
    state: "current",
    source: "address",
    place: "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
    entry_count: 290_412,
    published_at: "2026-11-25T12:55:00Z",
    synced_at: "2026-11-25T13:23:00Z",
    changed_at: "2026-11-25T13:23:00Z",
    loss: null,
    failure: null,
  },
  {
    name: "kev",
    title: "Known Exploited Vulnerabilities Catalog",
    says: "which vulnerabilities are known to be exploited",
    state: "lost",
    source: "file",
    place: "/srv/feeds/known_exploited_vulnerabilities.json",
    entry_count: 1_461,
    published_at: "2026-11-18T17:00:00Z",
    synced_at: "2026-11-18T18:23:00Z",
    changed_at: "2026-11-18T18:23:00Z",
    loss: "was not renewed for 7 days",
    failure: null,
  },
];
