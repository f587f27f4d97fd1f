/** Inviting people by a link, and the links that nobody has used yet. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { isProblem } from "@/api/problem";
import type { PendingInvitation, Role } from "@/api/types";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { SelectField, TextField } from "@/ui/field";
import { Panel, PanelHead } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { QueryList } from "@/ui/query-list";
import { SecretOnce } from "@/ui/secret-once";
import { Table, TableHead, Td, Th, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { showToast } from "@/ui/toast";
import { invitationsQuery, useInvite, useWithdraw } from "./queries";
import { ROLE_WORD, ROLES } from "./words";

export function Invitations() {
  const invitations = useQuery(invitationsQuery);
  const [withdrawing, setWithdrawing] = useState<PendingInvitation | null>(null);
  return (
    <Panel>
      <PanelHead title="Invite" note="You get a link to hand over; it works once." />
      <InviteForm />
      <QueryList
        query={invitations}
        things="invitations"
        skeleton={{ count: 1, height: "h-12" }}
        empty={null}
      >
        {(items) => (
          <Table label="Open invitations">
            <TableHead hasActs>
              <Th>Open invitations</Th>
              <Th>Role</Th>
              <Th isRight>Ends</Th>
            </TableHead>
            <tbody>
              {items.map((invitation) => (
                <Tr key={invitation.id}>
                  <Td className="w-full max-w-0 py-2">
                    <div className="truncate text-strong">{invitation.email}</div>
                    <div className="text-xs text-muted desk:hidden">
                      {ROLE_WORD[invitation.role]} · ends <Time at={invitation.expires_at} />
                    </div>
                  </Td>
                  <Td className="phone:hidden">{ROLE_WORD[invitation.role]}</Td>
                  <Td isRight className="text-muted phone:hidden">
                    <Time at={invitation.expires_at} />
                  </Td>
                  <Td isRight>
                    <Button
                      size="sm"
                      aria-label={`Revoke the invitation of ${invitation.email}`}
                      onClick={() => setWithdrawing(invitation)}
                    >
                      Revoke
                    </Button>
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </QueryList>
      {withdrawing && <WithdrawDialog invitation={withdrawing} onClose={() => setWithdrawing(null)} />}
    </Panel>
  );
}

function InviteForm() {
  const invite = useInvite();
  const problem = isProblem(invite.error) ? invite.error : null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    invite.mutate(
      { email: String(given.get("email")).trim(), role: String(given.get("role")) as Role },
      { onSuccess: () => form.reset() },
    );
  };
  return (
    <form onSubmit={submit} className="grid gap-3 px-4 pb-4">
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <TextField
            label="E-mail"
            name="email"
            type="email"
            required
            autoComplete="off"
            placeholder="colleague@example.org"
            error={problem?.for("email")}
          />
        </div>
        <div className="basis-40 phone:basis-full">
          <SelectField label="Role" name="role" defaultValue="member" error={problem?.for("role")}>
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {ROLE_WORD[role]}
              </option>
            ))}
          </SelectField>
        </div>
        <Button
          type="submit"
          look="filled"
          isBusy={invite.isPending}
          className="mt-[22px] phone:mt-0 phone:w-full"
        >
          Create link
        </Button>
      </div>
      <ProblemNote error={invite.error} shownFields={["email", "role"]} />
      {invite.data?.url && (
        <SecretOnce
          title={`Link for ${invite.data.email}`}
          note={
            <>
              {ROLE_WORD[invite.data.role]}; ends <Time at={invite.data.expires_at} />. It is shown only here.
            </>
          }
          action="Copy link"
          label="Invitation link"
          secret={invite.data.url}
          onClose={() => invite.reset()}
        />
      )}
    </form>
  );
}

function WithdrawDialog({ invitation, onClose }: { invitation: PendingInvitation; onClose: () => void }) {
  const withdraw = useWithdraw();
  return (
    <Confirm
      title={`Revoke the invitation of ${invitation.email}?`}
      action="Revoke invitation"
      isBusy={withdraw.isPending}
      error={withdraw.error}
      onConfirm={() =>
        withdraw.mutate(invitation.id, {
          onSuccess: () => {
            showToast({ text: `The invitation of ${invitation.email} was revoked` });
            onClose();
          },
        })
      }
      onClose={onClose}
    >
      <p>The link stops working. You can invite the person again.</p>
    </Confirm>
  );
}
