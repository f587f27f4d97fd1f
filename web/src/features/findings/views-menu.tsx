/** The views of the list: which one is shown, the others, and keeping the present filter as one. */
import { useQuery } from "@tanstack/react-query";
import { cx } from "class-variance-authority";
import { Bookmark, BookmarkPlus, ListChecks } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { SavedView } from "@/api/types";
import { Button } from "@/ui/button";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from "@/ui/menu";
import type { Sort } from "./sorts";
import { isShown, viewsQuery } from "./view-queries";

const SaveViewDialog = lazy(() => import("./save-view-dialog"));
const ViewsDialog = lazy(() => import("./views-dialog"));

type Props = { query: string; sort: Sort; onView: (view: { q: string; sort: Sort }) => void };

export function ViewsMenu({ query, sort, onView }: Props) {
  const { data } = useQuery(viewsQuery);
  const [asked, ask] = useState<"save" | "manage" | null>(null);
  const views = data?.items ?? [];
  const own = views.filter((view) => view.is_own);
  const shared = views.filter((view) => !view.is_own);
  const current = views.find((view) => isShown(view, query, sort));
  const trigger = (
    <Button
      size="sm"
      look="quiet"
      aria-label={current ? `${current.name}, saved view` : "Views"}
      className={cx("min-w-0 max-w-48", current && "text-strong!")}
    >
      <Bookmark
        size={14}
        strokeWidth={1.75}
        aria-hidden="true"
        className={current ? "fill-current text-accent" : undefined}
      />
      <span className={cx("truncate phone:hidden", !current && "@max-[600px]:hidden")}>
        {current?.name ?? "Views"}
      </span>
    </Button>
  );
  const choices = (some: SavedView[]) =>
    some.map((view) => (
      <MenuChoice
        key={view.id}
        isChosen={view === current}
        onSelect={() => onView({ q: view.q, sort: view.sort as Sort })}
      >
        <span className="max-w-64 truncate">{view.name}</span>
      </MenuChoice>
    ));
  return (
    <>
      <Menu trigger={trigger}>
        {own.length > 0 && <MenuLabel>Yours</MenuLabel>}
        {choices(own)}
        {shared.length > 0 && <MenuLabel>Shared by others</MenuLabel>}
        {choices(shared)}
        {views.length > 0 && <MenuLine />}
        <MenuItem onSelect={() => ask("save")}>
          <BookmarkPlus size={15} aria-hidden="true" /> Save this filter as a view
        </MenuItem>
        {views.length > 0 && (
          <MenuItem onSelect={() => ask("manage")}>
            <ListChecks size={15} aria-hidden="true" /> Rename, share, delete
          </MenuItem>
        )}
      </Menu>
      <Suspense>
        {asked === "save" && <SaveViewDialog query={query} sort={sort} onClose={() => ask(null)} />}
        {asked === "manage" && <ViewsDialog query={query} sort={sort} onClose={() => ask(null)} />}
      </Suspense>
    </>
  );
}
