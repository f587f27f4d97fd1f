/** The people of the organization: their roles, and who is shut out. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay, useSession } from "@/api/session";
import type { Member, Role } from "@/api/types";
import { formatTotal } from "@/lib/format";
import { Avatar } from "@/ui/avatar";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Confirm } from "@/ui/confirm";
import { SelectField } from "@/ui/field";
import { Panel, PanelHead } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { QueryList } from "@/ui/query-list";
import { Table, TableHead, Td, Th, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { showToast } from "@/ui/toast";
import { Invitations } from "./invitations";
import { membersQuery, useChangeMember } from "./queries";
import { ROLE_NOTE, ROLE_WORD, ROLES } from "./words";

export function PeopleSection({ page, onPage }: { page: number; onPage: (page: number) => void }) {
  const mayWrite = useMay("users:write");
  return (
    <>
      {mayWrite && <Invitations />}
      <Members page={page} onPage={onPage} />
    </>
  );
}

function Members({ page, onPage }: { page: number; onPage: (page: number) => void }) {
  const people = useQuery(membersQuery(page));
  const [disabling, setDisabling] = useState<Member | null>(null);
  const change = useChangeMember();
  const changeRole = (member: Member, role: Role) =>
    change.mutate(
      { id: member.id, role },
      {
        onSuccess: () =>
          showToast({
            text: `${member.name} is now ${ROLE_WORD[role].toLowerCase()}`,
            action: { label: "Undo", run: () => change.mutate({ id: member.id, role: member.role }) },
          }),
      },
    );
  const enable = (member: Member) =>
    change.mutate(
      { id: member.id, is_disabled: false },
      { onSuccess: () => showToast({ text: `${member.name} can sign in again` }) },
    );
  return (
    <Panel>
      <PanelHead
        title="People"
        note={people.data && formatTotal(people.data.total, people.data.total_is_exact)}
      />
      <ul className="grid gap-0.5 px-4 pb-2 text-xs text-muted">
        {ROLES.map((role) => (
          <li key={role}>
            <span className="font-medium text-default">{ROLE_WORD[role]}.</span> {ROLE_NOTE[role]}
          </li>
        ))}
      </ul>
      {change.error && (
        <div className="px-4 py-2">
          <ProblemNote error={change.error} />
        </div>
      )}
      <QueryList
        query={people}
        things="people"
        skeleton={{ count: 6, height: "h-12" }}
        empty={null}
        pages={{ page, onPage }}
      >
        {(items) => (
          <Table label="People">
            <TableHead hasActs>
              <Th>Person</Th>
              <Th>Role</Th>
              <Th isRight>Last sign-in</Th>
            </TableHead>
            <tbody>
              {items.map((member) => (
                <MemberRow
                  key={member.id}
                  member={member}
                  isBusy={change.isPending && change.variables.id === member.id}
                  onRole={(role) => changeRole(member, role)}
                  onEnable={() => enable(member)}
                  onDisable={() => setDisabling(member)}
                />
              ))}
            </tbody>
          </Table>
        )}
      </QueryList>
      {disabling && <DisableDialog member={disabling} onClose={() => setDisabling(null)} />}
    </Panel>
  );
}

type MemberRowProps = {
  member: Member;
  isBusy: boolean;
  onRole: (role: Role) => void;
  onEnable: () => void;
  onDisable: () => void;
};

function MemberRow({ member, isBusy, onRole, onEnable, onDisable }: MemberRowProps) {
  const { user } = useSession();
  const mayWrite = useMay("users:write");
  const isSelf = member.id === user.id;
  const canChange = mayWrite && !isSelf;
  const lastSignIn = member.last_sign_in_at === null ? "never" : <Time at={member.last_sign_in_at} />;
  return (
    <Tr>
      <Td className="w-full max-w-0 py-2 phone:pr-4">
        <div className="flex items-center gap-3">
          <span className="phone:hidden" aria-hidden="true">
            <Avatar name={member.name} />
          </span>
          <div className="min-w-0">
            <div className="flex items-center gap-2">
              <span
                dir="auto"
                className="truncate font-medium text-strong phone:whitespace-normal"
                title={member.name}
              >
                {member.name}
              </span>
              {isSelf && <Chip size="sm">You</Chip>}
              {member.is_disabled && (
                <Chip tone="warn" size="sm">
                  Disabled
                </Chip>
              )}
            </div>
            <div className="truncate text-xs text-muted">{member.email}</div>
            <div className="text-xs text-muted desk:hidden">
              {canChange ? "" : `${ROLE_WORD[member.role]} · `}last sign-in {lastSignIn}
            </div>
          </div>
        </div>
        {canChange && (
          <div className="mt-2 flex items-center gap-2 desk:hidden">
            <RoleField member={member} isBusy={isBusy} onRole={onRole} />
            <AccessButton member={member} isBusy={isBusy} onEnable={onEnable} onDisable={onDisable} />
          </div>
        )}
      </Td>
      <Td className="phone:hidden">
        {canChange ? <RoleField member={member} isBusy={isBusy} onRole={onRole} /> : ROLE_WORD[member.role]}
      </Td>
      <Td isRight className="text-muted phone:hidden">
        {lastSignIn}
      </Td>
      <Td isRight className="phone:hidden">
        {canChange && (
          <AccessButton member={member} isBusy={isBusy} onEnable={onEnable} onDisable={onDisable} />
        )}
      </Td>
    </Tr>
  );
}

function RoleField({ member, isBusy, onRole }: Pick<MemberRowProps, "member" | "isBusy" | "onRole">) {
  return (
    <SelectField
      label={`Role of ${member.name}`}
      isLabelHidden
      value={member.role}
      disabled={isBusy || member.is_disabled}
      onChange={(event) => onRole(event.target.value as Role)}
      className="min-w-32"
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {ROLE_WORD[role]}
        </option>
      ))}
    </SelectField>
  );
}

function AccessButton({ member, isBusy, onEnable, onDisable }: Omit<MemberRowProps, "onRole">) {
  return (
    <Button
      size="sm"
      isBusy={isBusy}
      aria-label={`${member.is_disabled ? "Enable" : "Disable"} ${member.name}`}
      onClick={member.is_disabled ? onEnable : onDisable}
    >
      {member.is_disabled ? "Enable" : "Disable"}
    </Button>
  );
}

function DisableDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const change = useChangeMember();
  return (
    <Confirm
      title={`Disable ${member.name}?`}
      action="Disable"
      isBusy={change.isPending}
      error={change.error}
      onConfirm={() =>
        change.mutate(
          { id: member.id, is_disabled: true },
          {
            onSuccess: () => {
              showToast({ text: `${member.name} is disabled` });
              onClose();
            },
          },
        )
      }
      onClose={onClose}
    >
      <p>
        Sessions and API tokens of {member.email} stop working here at once. What they decided and wrote
        stays. You can enable them again.
      </p>
    </Confirm>
  );
}
