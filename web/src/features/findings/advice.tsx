/** What the scanners wrote about it: description, remedy, references. Text only; their mark-up is never rendered. */
import { ExternalLink } from "lucide-react";
import type { FindingDetail } from "@/api/types";
import { isLong, repeatsTitle, tidied } from "./describe";
import { Section } from "./sections";

export function Advice({ finding }: { finding: FindingDetail }) {
  return (
    <>
      {finding.description && (isLong(finding.title) || !repeatsTitle(finding)) && (
        <Section title="What it is">
          <p dir="auto" className="max-w-[72ch] leading-normal whitespace-pre-line [overflow-wrap:anywhere]">
            {tidied(finding.description)}
          </p>
        </Section>
      )}
      {finding.remediation && (
        <Section title="How to fix it">
          <p dir="auto" className="max-w-[72ch] leading-normal whitespace-pre-line [overflow-wrap:anywhere]">
            {tidied(finding.remediation)}
          </p>
        </Section>
      )}
    </>
  );
}

export function References({ finding }: { finding: FindingDetail }) {
  const links = finding.references.filter((reference) => /^https?:\/\//.test(reference));
  if (links.length === 0) return null;
  return (
    <Section title="References">
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-1 text-xs">
        {links.map((link) => (
          <li key={link}>
            <a
              href={link}
              title={link}
              target="_blank"
              rel="noreferrer noopener"
              className="link inline-flex max-w-full items-center gap-1 font-regular"
            >
              <span className="truncate">{link.replace(/^https?:\/\//, "")}</span>
              <ExternalLink size={12} aria-hidden="true" className="shrink-0" />
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
