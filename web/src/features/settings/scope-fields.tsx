/** What a credential may do: a few usual sets of rights, or each of one's own to choose from. */
import { useState } from "react";
import { useSession } from "@/api/session";
import { Checkbox, SelectField } from "@/ui/field";
import { permissionName } from "./words";

const PRESETS = [
  { id: "upload", label: "Send reports", scopes: ["scans:write", "scans:read", "assets:write"] },
  { id: "read", label: "Read only", scopes: ["findings:read", "scans:read", "assets:read"] },
  { id: "all", label: "", scopes: ["*"] },
  { id: "chosen", label: "Choose…", scopes: [] },
] as const;
type Preset = (typeof PRESETS)[number]["id"];

const isSame = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((each) => others.includes(each));

/** The preset that these rights are, and the rights that the form says. */
export function useScopes(given?: string[]) {
  const { permissions } = useSession();
  const may = (scope: string) => scope === "*" || permissions.includes(scope);
  const scopesOf = (preset: Preset) => PRESETS.find((each) => each.id === preset)?.scopes.filter(may) ?? [];
  const known = given && PRESETS.find((each) => isSame(scopesOf(each.id), given))?.id;
  const [preset, setPreset] = useState<Preset>(given ? (known ?? "chosen") : "upload");
  const read = (form: FormData): string[] =>
    preset === "chosen" ? form.getAll("scope").map(String) : scopesOf(preset);
  return { preset, setPreset, read, scopes: scopesOf(preset), given: given ?? [] };
}

type Props = { scopes: ReturnType<typeof useScopes>; all: string; error?: string };

/** `all`: the words for every right there is. */
export function ScopeFields({ scopes: { preset, setPreset, scopes, given }, all, error }: Props) {
  const { permissions } = useSession();
  return (
    <>
      <SelectField
        label="May do"
        value={preset}
        onChange={(event) => setPreset(event.target.value as Preset)}
        hint={preset === "chosen" || preset === "all" ? undefined : scopes.map(permissionName).join(", ")}
        error={error}
      >
        {PRESETS.map((each) => (
          <option key={each.id} value={each.id}>
            {each.id === "all" ? all : each.label}
          </option>
        ))}
      </SelectField>
      {preset === "chosen" && (
        <fieldset className="grid grid-cols-2 gap-x-3 rounded-md border border-default px-3 py-2 phone:grid-cols-1">
          <legend className="sr-only">Its rights</legend>
          {permissions
            .filter((permission) => permission !== "*")
            .map((permission) => (
              <label key={permission} className="flex min-h-7 items-center gap-2 coarse:min-h-11">
                <Checkbox name="scope" value={permission} defaultChecked={given.includes(permission)} />
                <span className="text-default">{permissionName(permission)}</span>
              </label>
            ))}
        </fieldset>
      )}
    </>
  );
}
