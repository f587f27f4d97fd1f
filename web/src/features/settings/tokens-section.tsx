/** One's own API tokens: what each may do, when it was last used, when it ends. */
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/session";
import type { ApiToken } from "@/api/types";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Code } from "@/ui/code";
import { Confirm } from "@/ui/confirm";
import { Panel, PanelHead } from "@/ui/panel";
import { QueryList } from "@/ui/query-list";
import { EmptyState } from "@/ui/state";
import { Table, TableHead, Td, Th, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { showToast } from "@/ui/toast";
import { tokensQuery, useRevokeToken } from "./queries";
import { TokenDialog } from "./token-dialog";
import { permissionName } from "./words";

export function TokensSection() {
  const tokens = useQuery(tokensQuery);
  const mayCreate = useMay("tokens:write");
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  return (
    <Panel>
      <PanelHead title="API tokens" note="For pipelines and programs; each acts as you, within its rights.">
        {mayCreate && (
          <Button look="filled" onClick={() => setCreating(true)}>
            <Plus size={15} aria-hidden="true" />
            New token
          </Button>
        )}
      </PanelHead>
      <QueryList
        query={tokens}
        things="tokens"
        skeleton={{ count: 3, height: "h-(--row-table)" }}
        empty={<NoTokens mayCreate={mayCreate} />}
      >
        {(items) => (
          <Table label="API tokens">
            <TableHead hasActs>
              <Th>Name</Th>
              <Th>May do</Th>
              <Th isRight>Last used</Th>
              <Th isRight>Ends</Th>
            </TableHead>
            <tbody>
              {items.map((token) => (
                <TokenRow key={token.id} token={token} onRevoke={() => setRevoking(token)} />
              ))}
            </tbody>
          </Table>
        )}
      </QueryList>
      {isCreating && <TokenDialog onClose={() => setCreating(false)} />}
      {revoking && <RevokeDialog token={revoking} onClose={() => setRevoking(null)} />}
    </Panel>
  );
}

function NoTokens({ mayCreate }: { mayCreate: boolean }) {
  return (
    <EmptyState
      title="No tokens"
      action={
        <div className="w-full max-w-[560px]">
          <Code canCopy head="From a terminal" text="hauberk token create ci-uploads --scope scans:write" />
        </div>
      }
    >
      {mayCreate
        ? "A pipeline sends its reports with a token. Make one here, or on the server:"
        : "Your role may not make tokens. An administrator can make one on the server:"}
    </EmptyState>
  );
}

function Ends({ token }: { token: ApiToken }) {
  if (token.is_expired)
    return (
      <Chip tone="danger" size="sm">
        Ended
      </Chip>
    );
  return token.expires_at === null ? "never" : <Time at={token.expires_at} />;
}

function TokenRow({ token, onRevoke }: { token: ApiToken; onRevoke: () => void }) {
  const names = token.scopes.map(permissionName);
  const rights = names.length > 2 ? `${names.slice(0, 2).join(", ")} +${names.length - 2}` : names.join(", ");
  return (
    <Tr>
      <Td className="py-2 font-medium text-strong desk:whitespace-nowrap">
        {token.name}
        <div className="mt-0.5 text-xs font-regular text-muted desk:hidden">
          {rights} · {!token.is_expired && "ends "}
          <Ends token={token} />
        </div>
      </Td>
      <Td className="w-full max-w-0 truncate phone:hidden">
        <span title={names.join(", ")}>{rights}</span>
      </Td>
      <Td isRight className="text-muted phone:hidden">
        {token.last_used_at === null ? "never" : <Time at={token.last_used_at} />}
      </Td>
      <Td isRight className="text-muted phone:hidden">
        <Ends token={token} />
      </Td>
      <Td isRight>
        <Button size="sm" aria-label={`Revoke ${token.name}`} onClick={onRevoke}>
          Revoke
        </Button>
      </Td>
    </Tr>
  );
}

function RevokeDialog({ token, onClose }: { token: ApiToken; onClose: () => void }) {
  const revoke = useRevokeToken();
  return (
    <Confirm
      title={`Revoke ${token.name}?`}
      action="Revoke token"
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={() =>
        revoke.mutate(token.id, {
          onSuccess: () => {
            showToast({ text: `${token.name} was revoked` });
            onClose();
          },
        })
      }
      onClose={onClose}
    >
      <p>
        Whatever uses it is refused at once
        {token.last_used_at !== null && (
          <>
            ; it was last used <Time at={token.last_used_at} />
          </>
        )}
        . This cannot be undone.
      </p>
    </Confirm>
  );
}
