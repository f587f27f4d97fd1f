/** A piece of mail, drawn: rows of linked rings with a hem of points, one of them ours. */
import { cx } from "class-variance-authority";

const RADIUS = 25;
const STEP = 54;
const COLUMNS = 18;
const ROWS = 20;
/** How far the hem reaches down in each column of a point, in half steps. */
const HEM = [14, 16, 17, 16, 14, 13, 13, 14];

/** Four arcs with gaps where the neighbouring rings pass over. */
function ring(x: number, y: number): string {
  const at = (degrees: number) => {
    const angle = (degrees * Math.PI) / 180;
    return `${(x + RADIUS * Math.cos(angle)).toFixed(1)} ${(y + RADIUS * Math.sin(angle)).toFixed(1)}`;
  };
  return [12, 102, 192, 282]
    .map((start) => `M${at(start)}A${RADIUS} ${RADIUS} 0 0 1 ${at(start + 76)}`)
    .join("");
}

function pattern(): string {
  const rings: string[] = [];
  for (let row = -1; row < ROWS; row += 1)
    for (let column = 0; column < COLUMNS; column += 1) {
      const half = column * 2 + (row % 2 === 0 ? 0 : 1);
      if (row < (HEM[half % HEM.length] ?? 0)) rings.push(ring((half * STEP) / 2, (row * STEP) / 2));
    }
  return rings.join("");
}

const MAIL = pattern();
const OURS = ring(STEP * 8.5, (STEP / 2) * 5);

export function MailPattern({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 880 520"
      preserveAspectRatio="xMinYMin slice"
      fill="none"
      aria-hidden="true"
      className={cx("pointer-events-none", className)}
    >
      <path d={MAIL} strokeWidth="2.6" className="stroke-(--border-strong)" />
      <path d={OURS} strokeWidth="3" className="stroke-mark-accent" />
    </svg>
  );
}

/** A small cut of it, for empty places. */
export function MailScrap({ className }: { className?: string }) {
  const rows = [5, 4, 3];
  return (
    <svg
      viewBox="0 0 128 64"
      fill="none"
      strokeWidth="1.8"
      aria-hidden="true"
      className={cx("h-16 w-32", className)}
    >
      {rows.flatMap((count, row) =>
        Array.from({ length: count }, (_, column) => {
          const isOurs = row === 1 && column === 1;
          const x = 14 + row * 12.5 + column * 25;
          const y = 15 + row * 13;
          return (
            <circle
              key={`${x} ${y}`}
              cx={x}
              cy={y}
              r="12"
              className={isOurs ? "stroke-mark-accent" : "stroke-mark-control"}
              strokeDasharray="16.4 2.45"
              strokeDashoffset="-1.2"
            />
          );
        }),
      )}
    </svg>
  );
}
