/** A number that opens the findings it counts. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

type FindingsLinkProps = { q: string; children: ReactNode; className?: string; label?: string };

export function FindingsLink({ q, children, className = "link", label }: FindingsLinkProps) {
  return (
    <Link to={"/findings" as string} search={{ q } as never} className={className} aria-label={label}>
      {children}
    </Link>
  );
}
