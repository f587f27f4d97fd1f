/** What is asked before a service account, or one of its secrets, is gone; and a secret, once. */
import type { ClientSecret, ServiceAccount } from "@/api/types";
import { Code } from "@/ui/code";
import { Confirm } from "@/ui/confirm";
import { SecretOnce } from "@/ui/secret-once";
import { Time } from "@/ui/time";
import { showToast } from "@/ui/toast";
import {
  type MadeSecret,
  useChangeAccount,
  useDeleteAccount,
  useRevokeSecret,
} from "./service-account-queries";

type Asked = { account: ServiceAccount; onClose: () => void };

export function DeleteAccount({ account, onClose }: Asked) {
  const remove = useDeleteAccount();
  return (
    <Confirm
      title={`Delete ${account.name}?`}
      action="Delete account"
      typedName={account.name}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() =>
        remove.mutate(account.id, {
          onSuccess: () => {
            showToast({ text: `${account.name} was deleted` });
            onClose();
          },
        })
      }
      onClose={onClose}
    >
      <p>
        The program that uses it is refused at once, and its secrets are gone for good. What it did stays, and
        stays in the audit trail under its name. Disabling it can be undone.
      </p>
    </Confirm>
  );
}

export function DisableAccount({ account, onClose }: Asked) {
  const change = useChangeAccount();
  return (
    <Confirm
      title={`Disable ${account.name}?`}
      action="Disable account"
      isBusy={change.isPending}
      error={change.error}
      onConfirm={() =>
        change.mutate(
          { id: account.id, is_disabled: true },
          {
            onSuccess: () => {
              showToast({ text: `${account.name} is disabled` });
              onClose();
            },
          },
        )
      }
      onClose={onClose}
    >
      <p>The program that uses it is refused at once, until you enable it again. Its secrets stay.</p>
    </Confirm>
  );
}

export function RevokeSecret({ account, secret, onClose }: Asked & { secret: ClientSecret }) {
  const revoke = useRevokeSecret();
  return (
    <Confirm
      title={`Revoke a secret of ${account.name}?`}
      action="Revoke secret"
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate({ account: account.id, secret: secret.id }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>
        It begins with <code className="font-mono text-strong">{secret.hint}</code>
        {secret.last_used_at ? (
          <>
            {" "}
            and was last used <Time at={secret.last_used_at} />
          </>
        ) : (
          " and was never used"
        )}
        . The tokens that it was exchanged for end with it, at once.
        {account.secrets.length === 1 && " It is the only one: the account is then without a way in."}
      </p>
    </Confirm>
  );
}

export function ShownSecret({ made, onClose }: { made: MadeSecret; onClose: () => void }) {
  return (
    <SecretOnce
      title="Copy the client secret now"
      note="It is shown only here. Hauberk keeps a hash of it, not the secret."
      action="Copy secret"
      label="Client secret"
      secret={made.client_secret}
      onClose={onClose}
    >
      <Code
        canCopy
        head="Exchanged for a token of fifteen minutes, with the secret as CLIENT_SECRET"
        text={`curl -d grant_type=client_credentials -d client_id=${made.client_id} \\\n  -d client_secret="$CLIENT_SECRET" ${window.location.origin}/api/v1/auth/token`}
      />
    </SecretOnce>
  );
}
