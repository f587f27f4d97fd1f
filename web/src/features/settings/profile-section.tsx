/** Who one is here, and the password. */
import type { FormEvent } from "react";
import { isProblem } from "@/api/problem";
import { useSession } from "@/api/session";
import { Button } from "@/ui/button";
import { Fact, Facts } from "@/ui/fact";
import { TextField } from "@/ui/field";
import { Panel, PanelHead } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { showToast } from "@/ui/toast";
import { useChangePassword, useRename } from "./queries";
import { ROLE_WORD } from "./words";

export function ProfileSection() {
  return (
    <>
      <Profile />
      <Password />
    </>
  );
}

function Profile() {
  const { user, organization, role } = useSession();
  const rename = useRename();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    rename.mutate(name, { onSuccess: () => showToast({ text: "Your name was changed" }) });
  };
  return (
    <Panel>
      <PanelHead title="Profile" />
      <div className="grid gap-4 px-4 pb-4">
        <Facts>
          <Fact label="E-mail">
            <span className="break-all">{user.email}</span>
          </Fact>
          <Fact label="Organization">{organization.name}</Fact>
          <Fact label="Role">{ROLE_WORD[role]}</Fact>
        </Facts>
        <form onSubmit={submit} className="grid max-w-[420px] gap-3">
          <TextField
            label="Name"
            name="name"
            required
            maxLength={200}
            defaultValue={user.name}
            autoComplete="name"
            hint="Shown beside what you decide and write."
            error={isProblem(rename.error) ? rename.error.for("name") : undefined}
          />
          <ProblemNote error={rename.error} shownFields={["name"]} />
          <Button type="submit" isBusy={rename.isPending} className="justify-self-start">
            Save name
          </Button>
        </form>
      </div>
    </Panel>
  );
}

const PASSWORD_FIELDS = ["current_password", "new_password"];

function Password() {
  const { user } = useSession();
  const change = useChangePassword();
  const problem = isProblem(change.error) ? change.error : null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const current = String(given.get("current_password"));
    change.mutate(
      {
        ...(current !== "" && { current_password: current }),
        new_password: String(given.get("new_password")),
      },
      {
        onSuccess: () => {
          form.reset();
          showToast({ text: "The password was changed. Every other session was signed out" });
        },
      },
    );
  };
  return (
    <Panel>
      <PanelHead title="Password" note="Changing it signs you out everywhere else." />
      <form onSubmit={submit} className="grid max-w-[452px] gap-3 px-4 pb-4">
        <input
          type="text"
          name="username"
          autoComplete="username"
          defaultValue={user.email}
          hidden
          readOnly
        />
        <TextField
          label="Present password"
          name="current_password"
          type="password"
          autoComplete="current-password"
          maxLength={1000}
          hint="Leave it empty if you came by a sign-in link and never set one."
          error={problem?.for("current_password")}
        />
        <TextField
          label="New password"
          name="new_password"
          type="password"
          autoComplete="new-password"
          required
          maxLength={128}
          hint="At least 15 characters; a few words make a good one."
          error={problem?.for("new_password")}
        />
        <ProblemNote error={change.error} shownFields={PASSWORD_FIELDS} />
        <Button type="submit" isBusy={change.isPending} className="justify-self-start">
          Change password
        </Button>
      </form>
    </Panel>
  );
}
