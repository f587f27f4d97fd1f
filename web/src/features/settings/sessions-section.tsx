/** Where one is signed in, and signing out there. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { BrowserSession } from "@/api/types";
import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Confirm } from "@/ui/confirm";
import { Panel, PanelHead } from "@/ui/panel";
import { QueryList } from "@/ui/query-list";
import { Table, TableHead, Td, Th, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { showToast } from "@/ui/toast";
import { browserSessionsQuery, useEndSessions } from "./queries";
import { describeAgent } from "./words";

export function SessionsSection() {
  const sessions = useQuery(browserSessionsQuery);
  const [ending, setEnding] = useState<BrowserSession[]>([]);
  const others = sessions.data?.items.filter((session) => !session.is_current) ?? [];
  return (
    <Panel>
      <PanelHead title="Sessions" note="Where you are signed in.">
        {others.length > 1 && (
          <Button size="sm" onClick={() => setEnding(others)}>
            Sign out of {plural(others.length, "other session")}
          </Button>
        )}
      </PanelHead>
      <QueryList query={sessions} things="sessions" skeleton={{ count: 2, height: "h-12" }} empty={null}>
        {(items) => (
          <Table label="Sessions">
            <TableHead hasActs>
              <Th>Browser</Th>
              <Th>Address</Th>
              <Th isRight>Signed in</Th>
              <Th isRight>Last seen</Th>
            </TableHead>
            <tbody>
              {items.map((session) => (
                <SessionRow key={session.id} session={session} onEnd={() => setEnding([session])} />
              ))}
            </tbody>
          </Table>
        )}
      </QueryList>
      {ending.length > 0 && <EndDialog sessions={ending} onClose={() => setEnding([])} />}
    </Panel>
  );
}

function SessionRow({ session, onEnd }: { session: BrowserSession; onEnd: () => void }) {
  const name = describeAgent(session.user_agent);
  return (
    <Tr>
      <Td className="w-full py-2">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <span className="font-medium text-strong" title={session.user_agent ?? undefined}>
            {name}
          </span>
          {session.is_current && (
            <Chip tone="success" size="sm">
              This browser
            </Chip>
          )}
        </div>
        <div className="text-xs text-muted desk:hidden">
          <span className="font-mono">{session.remote_address}</span> · seen{" "}
          <Time at={session.last_seen_at} />
        </div>
      </Td>
      <Td className="font-mono text-xs whitespace-nowrap phone:hidden">{session.remote_address ?? "–"}</Td>
      <Td isRight className="text-muted phone:hidden">
        <Time at={session.created_at} />
      </Td>
      <Td isRight className="text-muted phone:hidden">
        <Time at={session.last_seen_at} />
      </Td>
      <Td isRight>
        {!session.is_current && (
          <Button size="sm" aria-label={`Sign out of ${name}`} onClick={onEnd}>
            Sign out
          </Button>
        )}
      </Td>
    </Tr>
  );
}

function EndDialog({ sessions, onClose }: { sessions: BrowserSession[]; onClose: () => void }) {
  const end = useEndSessions();
  const [only] = sessions;
  const name =
    sessions.length === 1 && only ? describeAgent(only.user_agent) : plural(sessions.length, "other session");
  return (
    <Confirm
      title={`Sign out of ${name}?`}
      action="Sign out"
      isBusy={end.isPending}
      error={end.error}
      onConfirm={() =>
        end.mutate(
          sessions.map((session) => session.id),
          {
            onSuccess: () => {
              showToast({ text: `Signed out of ${name}` });
              onClose();
            },
          },
        )
      }
      onClose={onClose}
    >
      <p>Whoever uses it has to sign in again. What was typed there and not sent is lost.</p>
    </Confirm>
  );
}
