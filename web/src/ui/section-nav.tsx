/** The way between the sections of one place, beside the section that is open; each has its address. A row on a phone. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export type SectionLink = { to: string; label: string; icon: LucideIcon };
type Props = { label: string; sections: SectionLink[]; className: string; children: ReactNode };

/** `className` has the widths of both columns. */
export function WithSections({ label, sections, className, children }: Props) {
  return (
    <div className={cx("grid grid-cols-[minmax(0,1fr)] gap-3 desk:gap-6", className)}>
      <nav
        aria-label={label}
        className="flex gap-1 overflow-x-auto scroll-quiet desk:sticky desk:top-0 desk:flex-col desk:self-start phone:-mx-3 phone:px-3"
      >
        {sections.map((section) => (
          <Link
            key={section.to}
            to={section.to}
            activeOptions={{ exact: true }}
            ref={(link) => {
              // On a phone the row of sections is wider than the screen.
              if (link?.getAttribute("aria-current") === "page")
                link.scrollIntoView?.({ inline: "nearest", block: "nearest" });
            }}
            className="focus-inset flex h-8 shrink-0 items-center gap-2 rounded-md px-2.5 font-medium whitespace-nowrap text-muted phone:px-2 phone:[&_svg]:hidden hover:bg-hover hover:text-strong aria-[current=page]:bg-active aria-[current=page]:text-strong coarse:h-11 aria-[current=page]:[&_svg]:text-accent"
          >
            <section.icon size={16} strokeWidth={1.75} aria-hidden="true" />
            {section.label}
          </Link>
        ))}
      </nav>
      <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-3">{children}</div>
    </div>
  );
}
