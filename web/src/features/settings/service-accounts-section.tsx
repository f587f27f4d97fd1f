/** Programs with a name of their own: what each may do, the secrets that it holds, and when it last came. */
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/session";
import type { ClientSecret, ServiceAccount } from "@/api/types";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Panel, PanelHead } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { QueryList } from "@/ui/query-list";
import { EmptyState } from "@/ui/state";
import { Time } from "@/ui/time";
import { showToast } from "@/ui/toast";
import { DeleteAccount, DisableAccount, RevokeSecret, ShownSecret } from "./service-account-acts";
import { ServiceAccountDialog } from "./service-account-dialog";
import {
  type MadeSecret,
  serviceAccountsQuery,
  useAddSecret,
  useChangeAccount,
} from "./service-account-queries";
import type { SectionProps } from "./settings-section";
import { permissionName, ROLE_WORD } from "./words";

const MOST_SECRETS = 2;

export function ServiceAccountsSection({ page, onPage }: SectionProps) {
  const accounts = useQuery(serviceAccountsQuery(page));
  const mayWrite = useMay("users:write");
  const [editing, setEditing] = useState<ServiceAccount | "new" | null>(null);
  const [made, setMade] = useState<MadeSecret | null>(null);
  const close = () => setEditing(null);
  return (
    <Panel>
      <PanelHead
        title="Service accounts"
        note="For programs. They outlive people, and hold no token for long."
      >
        {mayWrite && (
          <Button look="filled" onClick={() => setEditing("new")}>
            <Plus size={15} aria-hidden="true" />
            New account
          </Button>
        )}
      </PanelHead>
      <QueryList
        query={accounts}
        things="accounts"
        skeleton={{ count: 3, height: "h-20" }}
        empty={
          <EmptyState title="No service accounts">
            A pipeline that acts with a person's token stops when the person leaves. Give it an account of its
            own: a role, what it may do of that, and a secret that it exchanges for a token of fifteen
            minutes.
          </EmptyState>
        }
        pages={{ page, onPage }}
      >
        {(items) => (
          <ul aria-label="Service accounts">
            {items.map((account) => (
              <AccountRow
                key={account.id}
                account={account}
                mayWrite={mayWrite}
                onEdit={() => setEditing(account)}
                onMade={setMade}
              />
            ))}
          </ul>
        )}
      </QueryList>
      {editing && (
        <ServiceAccountDialog
          account={editing === "new" ? undefined : editing}
          onMade={(secret) => {
            close();
            setMade(secret);
          }}
          onClose={close}
        />
      )}
      {made && <ShownSecret made={made} onClose={() => setMade(null)} />}
    </Panel>
  );
}

type RowProps = {
  account: ServiceAccount;
  mayWrite: boolean;
  onEdit: () => void;
  onMade: (made: MadeSecret) => void;
};

function AccountRow({ account, mayWrite, onEdit, onMade }: RowProps) {
  const add = useAddSecret();
  const enable = useChangeAccount();
  const [asking, setAsking] = useState<"delete" | "disable" | ClientSecret | null>(null);
  const close = () => setAsking(null);
  const usedAt = account.secrets
    .map((secret) => secret.last_used_at ?? "")
    .sort()
    .at(-1);
  const acts = [
    { word: "Change", act: onEdit },
    account.is_disabled
      ? {
          word: "Enable",
          act: () =>
            enable.mutate(
              { id: account.id, is_disabled: false },
              { onSuccess: () => showToast({ text: `${account.name} may come again` }) },
            ),
        }
      : { word: "Disable", act: () => setAsking("disable") },
    { word: "Delete", act: () => setAsking("delete") },
  ];
  return (
    <li className="grid gap-2 border-t border-default px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <h3 className="min-w-0 font-semibold break-words text-strong">{account.name}</h3>
        <Chip size="sm">{ROLE_WORD[account.role]}</Chip>
        {account.is_disabled && (
          <Chip tone="warn" size="sm">
            Disabled
          </Chip>
        )}
        <span className="text-xs text-muted">
          {usedAt ? (
            <>
              last came <Time at={usedAt} />
            </>
          ) : (
            "never came"
          )}
        </span>
        {mayWrite && (
          <span className="ml-auto flex gap-1 phone:-ml-2 phone:w-full">
            {acts.map(({ word, act }) => (
              <Button key={word} size="sm" look="quiet" aria-label={`${word} ${account.name}`} onClick={act}>
                {word}
              </Button>
            ))}
          </span>
        )}
      </div>
      <p className="text-xs text-muted">
        {account.scopes
          .map((scope) => (scope === "*" ? "Everything that its role may do" : permissionName(scope)))
          .join(", ")}
        {" · client id "}
        <code className="font-mono text-default select-all">{account.id}</code>
      </p>
      <ul aria-label={`Secrets of ${account.name}`} className="grid gap-1">
        {account.secrets.map((secret) => (
          <SecretLine
            key={secret.id}
            secret={secret}
            onRevoke={mayWrite ? () => setAsking(secret) : undefined}
          />
        ))}
        {account.secrets.length === 0 && (
          <li className="text-xs text-warn">It has no secret: nobody comes in with it.</li>
        )}
      </ul>
      {mayWrite && account.secrets.length < MOST_SECRETS && (
        <Button
          size="sm"
          className="justify-self-start"
          isBusy={add.isPending}
          aria-label={`${account.secrets.length ? "Replace the secret" : "Make a secret"} of ${account.name}`}
          onClick={() => add.mutate(account.id, { onSuccess: onMade })}
        >
          {account.secrets.length ? "Replace the secret" : "Make a secret"}
        </Button>
      )}
      {account.secrets.length === MOST_SECRETS && (
        <p className="text-xs text-muted">Put the newer one in place, then revoke the older one.</p>
      )}
      <ProblemNote error={add.error ?? enable.error} />
      {asking === "delete" && <DeleteAccount account={account} onClose={close} />}
      {asking === "disable" && <DisableAccount account={account} onClose={close} />}
      {asking !== null && typeof asking === "object" && (
        <RevokeSecret account={account} secret={asking} onClose={close} />
      )}
    </li>
  );
}

function SecretLine({ secret, onRevoke }: { secret: ClientSecret; onRevoke?: () => void }) {
  const isOver = Date.parse(secret.expires_at) <= Date.now();
  return (
    <li className="grid min-h-8 grid-cols-[minmax(0,1fr)_auto] items-center gap-2 rounded-md bg-sunken py-1 pr-1 pl-3 text-xs text-muted coarse:min-h-11">
      <span className="flex flex-wrap gap-x-3 gap-y-0.5">
        <code className="font-mono text-default">{secret.hint}…</code>
        <span>
          {secret.last_used_at ? (
            <>
              used <Time at={secret.last_used_at} />
            </>
          ) : (
            "never used"
          )}
        </span>
        <span className={isOver ? "text-danger" : undefined}>
          {isOver ? "ended" : "ends"} <Time at={secret.expires_at} />
        </span>
      </span>
      {onRevoke && (
        <Button size="sm" look="quiet" aria-label={`Revoke ${secret.hint}`} onClick={onRevoke}>
          Revoke
        </Button>
      )}
    </li>
  );
}
