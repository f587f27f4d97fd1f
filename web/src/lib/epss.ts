/** 0.944 → "94 %"; below one per cent it says so instead of rounding to nothing. */
export function describeEpss(epss: number | null): string | null {
  if (epss === null) return null;
  return epss > 0 && epss < 0.01 ? "< 1 %" : `${Math.round(epss * 100)} %`;
}
