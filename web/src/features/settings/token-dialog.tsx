/** Making an API token: what it is for, what it may do, how long; then the token, once. */
import { type FormEvent, useState } from "react";
import { isProblem } from "@/api/problem";
import { formatAbsolute } from "@/lib/format";
import { Button } from "@/ui/button";
import { Code } from "@/ui/code";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { SecretOnce } from "@/ui/secret-once";
import { useCreateToken } from "./queries";
import { ScopeFields, useScopes } from "./scope-fields";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LIFETIMES = [30, 90, 180, 365];

export function TokenDialog({ onClose }: { onClose: () => void }) {
  const scopes = useScopes();
  const [days, setDays] = useState(90);
  const create = useCreateToken();
  const problem = isProblem(create.error) ? create.error : null;
  // An hour less, so that a server whose clock is behind ours does not see more than its year.
  const endsOn = new Date(Date.now() + days * DAY - HOUR).toISOString();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    create.mutate({
      name: String(given.get("name")).trim(),
      scopes: scopes.read(given),
      expires_at: endsOn,
    });
  };
  if (create.data) return <ShownOnce token={create.data.token} name={create.data.name} onClose={onClose} />;
  return (
    <Dialog isOpen onClose={onClose} title="New API token">
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <TextField
            label="Name"
            name="name"
            required
            autoFocus
            maxLength={200}
            placeholder="ci-uploads"
            autoComplete="off"
            hint="Where it is used, so that you know it again when you revoke it."
            error={problem?.for("name")}
          />
          <ScopeFields scopes={scopes} all="Everything that you may do" error={problem?.for("scopes")} />
          <SelectField
            label="Ends"
            value={days}
            onChange={(event) => setDays(Number(event.target.value))}
            hint={`On ${formatAbsolute(endsOn)}. A year is the longest.`}
            error={problem?.for("expires_at")}
          >
            {LIFETIMES.map((each) => (
              <option key={each} value={each}>
                after {each} days
              </option>
            ))}
          </SelectField>
          <ProblemNote error={create.error} shownFields={["name", "scopes", "expires_at"]} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={create.isPending}>
            Create token
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

function ShownOnce({ token, name, onClose }: { token: string; name: string; onClose: () => void }) {
  return (
    <SecretOnce
      title="Copy the token now"
      note="It is shown only here. Hauberk keeps a hash of it, not the token."
      action="Copy token"
      label={name}
      secret={token}
      onClose={onClose}
    >
      <Code
        canCopy
        head="In a pipeline, with the token as the secret HAUBERK_TOKEN"
        text={`export HAUBERK_URL=${window.location.origin}\nhauberk upload report.sarif --asset NAME --wait`}
      />
    </SecretOnce>
  );
}
