/** How numbers, times and sizes are written: narrow spaces in thousands, a true minus, relative dates. */

const NARROW_SPACE = "\u202f";
const MINUS = "\u2212";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;

/** 1284 → "1 284" (with a narrow no-break space); −3 → "−3". */
export function formatNumber(value: number): string {
  const digits = Math.abs(Math.round(value))
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
  return value < 0 ? MINUS + digits : digits;
}

/** A total that may be capped: "10 000+". */
export function formatTotal(value: number, isExact: boolean): string {
  return isExact ? formatNumber(value) : `${formatNumber(value)}+`;
}

/** With its sign always shown, zero without one. */
export function formatChange(value: number): string {
  return value > 0 ? `+${formatNumber(value)}` : formatNumber(value);
}

export function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 500) return "< 1 s";
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** "12 min ago", "in 3 d", "just now". */
export function formatRelative(at: string | number | Date, now = Date.now()): string {
  const distance = new Date(at).getTime() - now;
  const amount = span(Math.abs(distance));
  if (amount === null) return "just now";
  return distance < 0 ? `${amount} ago` : `in ${amount}`;
}

/** "12 min", "3 d": the same without its direction. */
export function formatAge(at: string, now = Date.now()): string {
  return span(Math.abs(now - new Date(at).getTime())) ?? "0 min";
}

/** As `span`, but in hours at least: nothing is due to the minute. */
function lasting(distance: number): string {
  return span(Math.max(distance, HOUR)) ?? "1 h";
}

function span(distance: number): string | null {
  if (distance < MINUTE) return null;
  if (distance < HOUR) return `${Math.floor(distance / MINUTE)} min`;
  if (distance < DAY) return `${Math.floor(distance / HOUR)} h`;
  if (distance < 2 * YEAR) return `${Math.floor(distance / DAY)} d`;
  const years = distance / YEAR;
  return `${years < 10 ? (Math.floor(years * 10) / 10).toFixed(1) : formatNumber(Math.floor(years))} y`;
}

const absolute = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
/** Days are those of UTC, as the server counts them: west of it, the browser's own would be the day before. */
const dayOnly = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** As the server counts days: in UTC. */
export const today = (): string => new Date().toISOString().slice(0, 10);
export const yesterday = (): string => new Date(Date.now() - DAY).toISOString().slice(0, 10);

export function formatAbsolute(at: string): string {
  return absolute.format(new Date(at));
}

/** "17:55:39", of this browser's zone: for what is read line by line. */
export function formatClock(at: string): string {
  return clock.format(new Date(at));
}

export function formatDay(on: string): string {
  return dayOnly.format(new Date(on));
}

export type Due = { text: string; tone: "late" | "soon" | "calm" };

/** Late says so in a word, not only in red; within seven days is soon. */
export function describeDue(dueAt: string | null, now = Date.now()): Due | null {
  if (dueAt === null) return null;
  const left = new Date(dueAt).getTime() - now;
  if (left <= 0) return { text: `${lasting(-left)} late`, tone: "late" };
  return { text: `${lasting(left)} left`, tone: left <= 7 * DAY ? "soon" : "calm" };
}

export function initials(name: string): string {
  const words = name
    .replace(/@.*/, "")
    .split(/[\s._-]+/)
    .filter(Boolean);
  const letters = words.length > 1 ? `${words[0]?.[0]}${words.at(-1)?.[0]}` : (words[0] ?? "?").slice(0, 2);
  return letters.toUpperCase();
}
