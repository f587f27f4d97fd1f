/** PASS, WARN, FAIL, SKIP and WAIVED: a shape and a word. */
import { cx } from "class-variance-authority";
import type { CheckResult } from "@/api/types";

const TONE: Record<CheckResult, { word: string; mark: string }> = {
  PASS: { word: "text-success", mark: "text-mark-success" },
  WARN: { word: "text-warn", mark: "text-mark-warn" },
  FAIL: { word: "text-danger", mark: "text-mark-danger" },
  SKIP: { word: "text-muted", mark: "text-muted" },
  WAIVED: { word: "text-muted", mark: "text-muted" },
};

function Shape({ result }: { result: CheckResult }) {
  const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.6 };
  switch (result) {
    case "PASS":
      return (
        <path
          {...line}
          strokeLinecap="round"
          d="M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M5.4 8.2l1.8 1.8 3.5-3.7"
        />
      );
    case "WARN":
      return (
        <path
          {...line}
          strokeLinejoin="round"
          strokeLinecap="round"
          d="M8 2.2l6.3 11.2H1.7zM8 6.4v3.1M8 11.5v.1"
        />
      );
    case "FAIL":
      return (
        <path
          fill="currentColor"
          fillRule="evenodd"
          d="M4.9.8h6.2l4.1 4.1v6.2l-4.1 4.1H4.9L.8 11.1V4.9zM5.9 4.7 4.7 5.9 6.8 8l-2.1 2.1 1.2 1.2L8 9.2l2.1 2.1 1.2-1.2L9.2 8l2.1-2.1-1.2-1.2L8 6.8z"
        />
      );
    default:
      return <circle {...line} cx="8" cy="8" r="5.9" strokeDasharray="2.6 2" />;
  }
}

export function ResultLabel({ result }: { result: CheckResult }) {
  const tone = TONE[result];
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1.5 align-middle text-xs font-semibold tracking-caps",
        tone.word,
      )}
    >
      <ResultMark result={result} />
      {result}
    </span>
  );
}

/** The shape alone, beside words of one's own. */
export function ResultMark({ result }: { result: CheckResult }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className={cx("size-4", TONE[result].mark)}>
      <Shape result={result} />
    </svg>
  );
}
