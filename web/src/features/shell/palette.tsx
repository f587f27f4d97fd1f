/** ⌘K: places, actions, assets, findings, vulnerabilities and components in one box; an id leads to what it names. */
import { useNavigate } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import { ArrowRight, Bookmark, Boxes, Keyboard, ListRestart, Moon, Search, Upload } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useDeferredValue, useId, useState } from "react";
import { useMay, useSession } from "@/api/session";
import { pageOfId } from "@/lib/page-of-id";
import { readPreferences, setPreference } from "@/lib/preferences";
import { Dialog } from "@/ui/dialog";
import { Kbd } from "@/ui/kbd";
import { SeverityMark } from "@/ui/severity";
import { useMatches, useViews } from "./palette-matches";
import { FOOT_PLACES, MAIN_PLACES, mayGoTo } from "./places";

type Command = {
  id: string;
  label: ReactNode;
  words: string;
  icon: ReactNode;
  note?: ReactNode;
  run: () => void;
};

export default function Palette({
  onClose,
  onShowShortcuts,
}: {
  onClose: () => void;
  onShowShortcuts: () => void;
}) {
  const navigate = useNavigate();
  const mayUpload = useMay("scans:write");
  const mayWrite = useMay("findings:write");
  const { permissions } = useSession();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  const asked = useDeferredValue(text);
  const { data, isPlaceholderData } = useMatches(asked);
  const go = (to: string, search?: Record<string, string>) => () => void navigate({ to, search } as never);
  const views = useViews();
  const places = [...MAIN_PLACES, ...FOOT_PLACES].filter(mayGoTo(permissions));
  const commands: Command[] = [
    ...places.map(({ to, label, icon: Icon, key }) => ({
      id: to,
      label,
      words: label,
      icon: <Icon size={16} strokeWidth={1.75} />,
      note: (
        <span className="flex gap-1">
          <Kbd>g</Kbd>
          <Kbd>{key}</Kbd>
        </span>
      ),
      run: go(to),
    })),
    ...views.map((view) => ({
      id: view.id,
      label: view.name,
      words: `${view.name} view`,
      icon: <Bookmark size={16} strokeWidth={1.75} />,
      note: "Saved view",
      run: go("/findings", { q: view.q, sort: view.sort }),
    })),
    ...(mayUpload
      ? [
          {
            id: "upload",
            label: "Upload report",
            words: "upload report scan send",
            icon: <Upload size={16} />,
            run: go("/scans"),
          },
        ]
      : []),
    ...(mayWrite
      ? [
          {
            id: "changes",
            label: "Undo a change of many findings",
            words: "undo changes of many findings bulk take back history",
            icon: <ListRestart size={16} />,
            run: go("/findings/changes"),
          },
        ]
      : []),
    {
      id: "theme",
      label: "Switch between light and dark",
      words: "theme light dark appearance switch",
      icon: <Moon size={16} />,
      run: switchTheme,
    },
    {
      id: "keys",
      label: "Keyboard shortcuts",
      words: "keyboard shortcuts keys help",
      icon: <Keyboard size={16} />,
      note: <Kbd>?</Kbd>,
      run: onShowShortcuts,
    },
  ].filter((command) => command.words.toLowerCase().includes(text.trim().toLowerCase()));
  const found: Command[] =
    text.trim().length < 2 || !data
      ? []
      : [
          ...data.assets.map((asset) => ({
            id: asset.id,
            label: asset.name,
            words: "",
            icon: <Boxes size={16} strokeWidth={1.75} />,
            note: "Asset",
            run: go(`/assets/${asset.id}`),
          })),
          ...data.findings.map((finding) => ({
            id: finding.id,
            label: finding.title,
            words: "",
            icon: <SeverityMark severity={finding.severity} />,
            note: finding.asset.name,
            run: go(`/findings/${finding.id}`),
          })),
          ...data.vulnerabilities.map((each) => ({
            id: each.id,
            label: each.name,
            words: "",
            icon: <SeverityMark severity={each.severity} />,
            note: "Vulnerability",
            run: go(`/vulnerabilities/${each.id}`),
          })),
          ...data.components.map((each) => ({
            id: each.id,
            label: [each.name, each.version].filter(Boolean).join(" "),
            words: "",
            icon: <SeverityMark severity={each.severity ?? "unknown"} />,
            note: "Component",
            run: go(`/components/${each.id}`),
          })),
        ];
  const search: Command[] =
    text.trim() === ""
      ? []
      : [
          {
            id: "search",
            label: (
              <>
                Filter findings by <b className="font-medium text-strong">{text.trim()}</b>
              </>
            ),
            words: "",
            icon: <Search size={16} />,
            run: go("/findings", { q: text.trim() }),
          },
        ];
  const named = pageOfId(text.trim());
  const direct: Command[] = named
    ? [
        {
          id: "direct",
          label: `Open ${text.trim()}`,
          words: "",
          icon: <ArrowRight size={16} />,
          run: go(named),
        },
      ]
    : [];
  const all = [...direct, ...commands, ...found, ...search];
  const current = Math.min(at, all.length - 1);
  // What was found for fewer letters stays in view, but Enter does not open it unseen.
  const isStale = isPlaceholderData || asked !== text;
  const chosen = isStale && at === 0 && direct.length + commands.length === 0 ? search[0] : all[current];
  const run = (command: Command | undefined) => {
    onClose();
    command?.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt((current + 1) % all.length);
    else if (event.key === "ArrowUp") setAt((current - 1 + all.length) % all.length);
    else if (event.key === "Enter") run(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog isOpen onClose={onClose} title="Search and commands" isTitleHidden look="palette">
      <div className="flex items-center gap-2.5 border-b border-default px-4">
        <Search size={17} aria-hidden="true" className="text-muted" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={all[current] ? `${listId}-${current}` : undefined}
          aria-label="Search or jump to"
          placeholder="Search or jump to"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className="h-12 flex-1 bg-transparent text-md text-strong outline-none"
        />
        <Kbd>Esc</Kbd>
      </div>
      <div id={listId} role="listbox" aria-label="Results" data-overlay className="overflow-auto p-1.5">
        {all.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the box above has the keys.
          <div
            key={command.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === current}
            ref={index === current ? (row) => row?.scrollIntoView?.({ block: "nearest" }) : undefined}
            onClick={() => run(command)}
            onMouseMove={() => setAt(index)}
            className={cx(
              "flex h-9 items-center gap-2.5 rounded-md px-2.5 coarse:h-11",
              index === current ? "bg-active text-strong" : "text-default",
            )}
          >
            <span className="grid size-4 place-items-center text-muted">{command.icon}</span>
            <span dir="auto" className="min-w-0 flex-1 truncate text-left">
              {command.label}
            </span>
            <span dir="auto" className="max-w-[45%] shrink-0 truncate text-xs text-muted">
              {command.note}
            </span>
          </div>
        ))}
      </div>
    </Dialog>
  );
}

function switchTheme(): void {
  const { theme } = readPreferences();
  const isDark =
    theme === "dark" || (theme === "system" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  setPreference("theme", isDark ? "light" : "dark");
}
