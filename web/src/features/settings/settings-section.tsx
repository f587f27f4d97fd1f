/** The section of an address. They share a route, so that the first page of the product does not carry eight; each is its own chunk. */
import { Link } from "@tanstack/react-router";
import { type ComponentType, lazy, Suspense } from "react";
import { buttonStyle } from "@/ui/button";
import { pageOf } from "@/ui/pager";
import { Panel } from "@/ui/panel";
import { EmptyState, SkeletonRows } from "@/ui/state";

export type SectionProps = { page: number; onPage: (page: number) => void };

const SECTIONS: Record<string, ComponentType<SectionProps>> = {
  appearance: lazy(async () => ({ default: (await import("./appearance-section")).AppearanceSection })),
  sessions: lazy(async () => ({ default: (await import("./sessions-section")).SessionsSection })),
  tokens: lazy(async () => ({ default: (await import("./tokens-section")).TokensSection })),
  "service-accounts": lazy(async () => ({
    default: (await import("./service-accounts-section")).ServiceAccountsSection,
  })),
  failures: lazy(async () => ({ default: (await import("./failures-section")).FailuresSection })),
  people: lazy(async () => ({ default: (await import("./people-section")).PeopleSection })),
};

type Props = { section: string; page?: string; onPage: (page: number) => void };

export function SettingsSection({ section, page, onPage }: Props) {
  const Section = SECTIONS[section];
  if (Section === undefined)
    return (
      <Panel>
        <EmptyState
          title="There is no such section"
          action={
            <Link to="/settings" className={buttonStyle({})}>
              See your profile
            </Link>
          }
        />
      </Panel>
    );
  return (
    <Suspense
      fallback={
        <Panel>
          <SkeletonRows count={4} height="h-12" />
        </Panel>
      }
    >
      <Section page={pageOf(page)} onPage={onPage} />
    </Suspense>
  );
}
