/** Every key, by place. */
import { useSession } from "@/api/session";
import { MOD } from "@/lib/keyboard";
import { usePreferences } from "@/lib/preferences";
import { Dialog, DialogBody } from "@/ui/dialog";
import { Kbd } from "@/ui/kbd";
import { FOOT_PLACES, MAIN_PLACES, mayGoTo, type Place } from "./places";

type Group = { title: string; keys: [string[], string][] };

const groupsFor = (places: Place[]): Group[] => [
  {
    title: "Anywhere",
    keys: [
      [[`${MOD}K`], "Search and commands"],
      [["?"], "This list"],
      ...places.map(({ key, label }): [string[], string] => [["g", key], label]),
    ],
  },
  {
    title: "List of findings",
    keys: [
      [["j", "k"], "Next, previous row"],
      [["x"], "Select"],
      [["⇧J", "⇧K"], "Extend the selection"],
      [["PgUp", "PgDn"], "Ten rows up, down"],
      [["Home", "End"], "First, last row"],
      [["↵"], "Open the peek"],
      [["Esc"], "Close, then clear the selection"],
      [["Space", "⇧Space"], "Read on in the peek, back"],
      [["o"], "Open the full page"],
      [["/"], "Filter bar"],
      [["z"], "Undo the last change"],
    ],
  },
  {
    title: "A finding, or the selected ones",
    keys: [
      [["c"], "Confirm"],
      [["d"], "Dismiss as false positive"],
      [["r"], "Accept the risk"],
      [["s"], "Set the state"],
      [["a"], "Assign"],
      [["t"], "Tag"],
    ],
  },
];

export default function ShortcutList({ onClose }: { onClose: () => void }) {
  const { singleKeys } = usePreferences();
  const { permissions } = useSession();
  const groups = groupsFor([...MAIN_PLACES, ...FOOT_PLACES].filter(mayGoTo(permissions)));
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Keyboard"
      note={
        singleKeys === "off"
          ? "Single keys are turned off in Settings, Appearance."
          : "Single keys work when no field has focus."
      }
    >
      <DialogBody className="gap-4 pb-4">
        {groups.map((group) => (
          <section key={group.title}>
            <h3 className="mb-1 text-xs font-medium text-muted">{group.title}</h3>
            <dl className="grid gap-x-6 desk:grid-cols-2">
              {group.keys.map(([keys, does]) => (
                <div
                  key={does}
                  className="flex items-center justify-between gap-3 border-b border-faint py-1.5"
                >
                  <dt className="order-2 flex gap-1">
                    {keys.map((key) => (
                      <Kbd key={key} className="coarse:inline-block">
                        {key}
                      </Kbd>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </DialogBody>
    </Dialog>
  );
}
