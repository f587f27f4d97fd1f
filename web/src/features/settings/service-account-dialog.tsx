/** Making or changing a service account: its name, its role, and what of that it may do. */
import type { FormEvent } from "react";
import { isProblem } from "@/api/problem";
import type { Role, ServiceAccount } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { ScopeFields, useScopes } from "./scope-fields";
import { type MadeSecret, useChangeAccount, useCreateAccount } from "./service-account-queries";
import { ROLE_NOTE, ROLE_WORD, ROLES } from "./words";

type Props = { account?: ServiceAccount; onMade: (made: MadeSecret) => void; onClose: () => void };

export function ServiceAccountDialog({ account, onMade, onClose }: Props) {
  const create = useCreateAccount();
  const change = useChangeAccount();
  const scopes = useScopes(account?.scopes);
  const act = account ? change : create;
  const problem = isProblem(act.error) ? act.error : null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = {
      name: String(form.get("name")).trim(),
      role: String(form.get("role")) as Role,
      scopes: scopes.read(form),
    };
    if (account) change.mutate({ id: account.id, ...given }, { onSuccess: onClose });
    else create.mutate(given, { onSuccess: onMade });
  };
  return (
    <Dialog isOpen onClose={onClose} title={account ? `Change ${account.name}` : "New service account"}>
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <TextField
            label="Name"
            name="name"
            required
            autoFocus
            maxLength={200}
            placeholder="nightly-uploads"
            autoComplete="off"
            defaultValue={account?.name}
            hint="The program that it is for. It stands in the audit trail beside what was done."
            error={problem?.for("name")}
          />
          <SelectField
            label="Role"
            name="role"
            defaultValue={account?.role ?? "member"}
            hint="The most that it may ever do; below is what it may do of that."
            error={problem?.for("role")}
          >
            {ROLES.map((role) => (
              <option key={role} value={role} title={ROLE_NOTE[role]}>
                {ROLE_WORD[role]}
              </option>
            ))}
          </SelectField>
          <ScopeFields scopes={scopes} all="Everything that its role may do" error={problem?.for("scopes")} />
          <ProblemNote error={act.error} shownFields={["name", "role", "scopes"]} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={act.isPending}>
            {account ? "Save account" : "Create account"}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
