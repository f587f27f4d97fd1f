/** A red dot while a must check fails. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useMay } from "@/api/session";
import type { Readiness } from "@/api/types";

const query = queryOptions({
  queryKey: ["readiness", "kept"],
  // A look at all rows is the work of whoever asks for it, not of every page.
  queryFn: ({ signal }) => api.get<Readiness>("/readiness", { query: { kept: true }, signal }),
  staleTime: 300_000,
  retry: false,
});

export function ReadinessDot() {
  const mayRead = useMay("readiness:read");
  const { data } = useQuery({ ...query, enabled: mayRead });
  const failing =
    data?.items.filter((check) => check.level === "must" && check.result === "FAIL").length ?? 0;
  if (failing === 0) return null;
  return (
    <svg
      viewBox="0 0 10 10"
      role="img"
      aria-label={failing === 1 ? "One must check fails" : `${failing} must checks fail`}
      className="absolute top-1 right-[22px] size-2.5"
    >
      <circle
        cx="5"
        cy="5"
        r="4"
        strokeWidth="2"
        paintOrder="stroke"
        className="fill-mark-danger stroke-(--surface-rail)"
      />
    </svg>
  );
}
