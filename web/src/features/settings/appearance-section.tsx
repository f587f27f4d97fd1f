/** How the product looks and answers on this device. */

import { Monitor, Moon, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { MOD } from "@/lib/keyboard";
import { type Preferences, setPreference, usePreferences } from "@/lib/preferences";
import { Panel, PanelHead } from "@/ui/panel";
import { Segmented } from "@/ui/segmented";

export function AppearanceSection() {
  const { theme, density, singleKeys } = usePreferences();
  return (
    <Panel>
      <PanelHead title="Appearance" note="Kept in this browser." />
      <div className="divide-y divide-(--border-faint) border-t border-faint">
        <Choice<"theme">
          name="theme"
          label="Theme"
          note="Linen by day, iron by night; or as your system says."
          value={theme}
          choices={[
            {
              value: "system",
              label: "As the system",
              icon: <Labelled icon={<Monitor size={14} />} text="System" />,
            },
            { value: "light", label: "Light", icon: <Labelled icon={<Sun size={14} />} text="Light" /> },
            { value: "dark", label: "Dark", icon: <Labelled icon={<Moon size={14} />} text="Dark" /> },
          ]}
        />
        <Choice<"density">
          name="density"
          label="Density of the findings list"
          note="Comfortable rows have two lines, dense rows one. Touch always keeps 44 px."
          value={density}
          choices={[
            { value: "comfortable", label: "Comfortable" },
            { value: "dense", label: "Dense" },
          ]}
        />
        <Choice<"singleKeys">
          name="singleKeys"
          label="Single-key shortcuts"
          note={`Letters alone move and decide, such as j, k and c. Off, only keys with a modifier work, such as ${MOD}K.`}
          value={singleKeys}
          choices={[
            { value: "on", label: "On" },
            { value: "off", label: "Off" },
          ]}
        />
      </div>
    </Panel>
  );
}

function Labelled({ icon, text }: { icon: ReactNode; text: string }) {
  return (
    <>
      <span aria-hidden="true">{icon}</span>
      {text}
    </>
  );
}

function Choice<Name extends keyof Preferences>({
  name,
  label,
  note,
  value,
  choices,
}: {
  name: Name;
  label: string;
  note: string;
  value: Preferences[Name];
  choices: { value: Preferences[Name]; label: string; icon?: ReactNode }[];
}) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3">
      <div className="max-w-[56ch] min-w-0 flex-1 basis-64">
        <div className="font-medium text-strong">{label}</div>
        <p className="text-xs leading-normal text-muted">{note}</p>
      </div>
      <Segmented
        label={label}
        value={value}
        choices={choices}
        onChange={(next) => setPreference(name, next)}
      />
    </div>
  );
}
