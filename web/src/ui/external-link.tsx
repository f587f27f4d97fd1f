/** A link that came from a report. Only http and https become links: anything else stays text. */
import { ExternalLink as Icon } from "lucide-react";
import type { ReactNode } from "react";

export function ExternalLink({ href, children }: { href: string; children?: ReactNode }) {
  const target = URL.canParse(href) ? new URL(href) : null;
  if (target === null || !/^https?:$/.test(target.protocol))
    return <span className="font-mono text-xs break-all text-muted">{href}</span>;
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer noopener"
      className="link inline-flex max-w-full items-baseline gap-1"
    >
      <span className="min-w-0 break-words">
        {children ?? (
          <>
            {target.host}
            <span className="font-regular text-muted">{target.pathname === "/" ? "" : target.pathname}</span>
          </>
        )}
      </span>
      <Icon size={12} aria-hidden="true" className="shrink-0 self-center" />
      <span className="sr-only">(opens in a new tab)</span>
    </a>
  );
}
