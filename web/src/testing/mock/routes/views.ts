/** The mock's saved views: kept as they are sent. */
import type { SavedView } from "@/api/types";
import { ago, fakeUser } from "@/testing/fakes";
import { found, page, Refusal, type Route } from "@/testing/mock/route";

let views: SavedView[] = [];
let made = 0;

export const forgetViews = () => {
  views = [];
};

export const shareView = (view: Pick<SavedView, "name" | "q" | "sort">) => {
  const owner = { id: "usr_tomas", name: "Tomas" };
  views = [
    ...views,
    { id: `viw_${++made}`, is_shared: true, owner, is_own: false, updated_at: ago(1), ...view },
  ];
};

const refuseTaken = (name: string | undefined, id?: string) => {
  if (views.some((view) => view.is_own && view.id !== id && view.name.toLowerCase() === name?.toLowerCase()))
    throw new Refusal(409, "It is as it was", `You have a view “${name}” already: choose another name.`);
};

export const VIEW_ROUTES: Route[] = [
  [
    "GET",
    /^\/findings\/views$/,
    ({ url }) =>
      page(
        views.toSorted((one, other) => one.name.localeCompare(other.name)),
        url,
      ),
  ],
  [
    "POST",
    /^\/findings\/views$/,
    ({ body }) => {
      const given = body as Pick<SavedView, "name" | "q" | "sort" | "is_shared">;
      refuseTaken(given.name);
      const owner = { id: fakeUser.id, name: fakeUser.name };
      const view = { ...given, id: `viw_${++made}`, owner, is_own: true, updated_at: ago(0) };
      views = [...views, view];
      return view;
    },
  ],
  [
    "PATCH",
    /^\/findings\/views\/([^/]+)$/,
    ({ params, body }) => {
      const view = found(views, params[0]);
      refuseTaken((body as Partial<SavedView>).name, view.id);
      return Object.assign(view, body);
    },
  ],
  [
    "DELETE",
    /^\/findings\/views\/([^/]+)$/,
    ({ params }) => {
      const view = found(views, params[0]);
      views = views.filter((each) => each !== view);
    },
  ],
];
