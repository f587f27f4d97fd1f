/** Who, what, to which and when: each is part of the address. */
import { useQuery } from "@tanstack/react-query";
import { useMay } from "@/api/session";
import { Button } from "@/ui/button";
import { SelectField, TextField } from "@/ui/field";
import { SearchField } from "@/ui/search-field";
import { type AuditState, peopleQuery } from "./queries";
import { actionWords, FAMILIES } from "./words";

type Props = { state: AuditState; onFilter: (change: AuditState) => void };

export function AuditFilters({ state, onFilter }: Props) {
  const { who = "", what = "", subject = "", since = "", until = "" } = state;
  const people = useQuery({ ...peopleQuery, enabled: useMay("users:read") });
  const members = people.data?.items ?? [];
  const isUnknown = who.startsWith("usr_") && !members.some(({ id }) => id === who);
  const isNarrowed = [who, what, subject, since, until].some(Boolean);
  return (
    <div className="no-print flex flex-wrap items-end gap-x-3 gap-y-2 border-b border-default p-3 phone:grid phone:grid-cols-2 phone:[&>*]:min-w-0">
      <SelectField
        label="Who"
        className="desk:max-w-52"
        value={who}
        onChange={(event) => onFilter({ who: event.target.value })}
      >
        <option value="">Anybody</option>
        {isUnknown && <option value={who}>{who}</option>}
        {members.map(({ id, name, email }) => (
          <option key={id} value={id}>
            {name || email}
          </option>
        ))}
        <option value="service_account">Service accounts</option>
        <option value="system">Hauberk by itself</option>
      </SelectField>
      <SelectField
        label="What"
        className="desk:max-w-52"
        value={what}
        onChange={(event) => onFilter({ what: event.target.value })}
      >
        <option value="">Anything</option>
        {what !== "" && !FAMILIES.includes(what.slice(0, -1)) && (
          <option value={what}>{actionWords(what)}</option>
        )}
        {FAMILIES.map((family) => (
          <option key={family} value={`${family}.`}>
            {actionWords(`${family}.`)}
          </option>
        ))}
      </SelectField>
      <TextField
        label="From"
        type="date"
        value={since}
        max={until || undefined}
        onChange={(event) => onFilter({ since: event.target.value })}
      />
      <TextField
        label="To"
        type="date"
        value={until}
        min={since || undefined}
        onChange={(event) => onFilter({ until: event.target.value })}
      />
      <div className="grid min-w-[220px] flex-1 gap-1 phone:col-span-2">
        <span aria-hidden="true" className="font-medium text-strong">
          Done to
        </span>
        <SearchField
          label="Done to"
          placeholder="An id: fnd_…, scn_…, usr_…"
          value={subject}
          onChange={(text) => onFilter({ subject: text })}
          className="[&>div]:h-8 coarse:[&>div]:h-11"
        />
      </div>
      {isNarrowed && (
        <Button
          look="quiet"
          onClick={() => onFilter({ who: "", what: "", subject: "", since: "", until: "" })}
        >
          Clear all
        </Button>
      )}
    </div>
  );
}
