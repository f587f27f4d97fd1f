import { createFileRoute } from "@tanstack/react-router";
import { useCallback } from "react";
import { FindingsPage, type FindingsState } from "@/features/findings/findings-page";
import { SORTS } from "@/features/findings/sorts";
import { oneOf, textOf } from "@/lib/url-state";
import { OPEN_FILTER } from "@/lib/words";
import { Page } from "@/ui/page";
import { UploadLink } from "@/ui/upload-link";

type Search = { q?: string; sort?: FindingsState["sort"]; peek?: string; as_of?: string };

/** Without `q` the list shows open work; an empty `q` shows everything. */
export const Route = createFileRoute("/_app/findings")({
  validateSearch: (search): Search => ({
    q: typeof search.q === "string" ? search.q : undefined,
    sort: oneOf(
      search.sort,
      SORTS.map((sort) => sort.value),
    ),
    peek: textOf(search.peek),
    as_of: textOf(search.as_of),
  }),
  component: function Findings() {
    const search = Route.useSearch();
    const navigate = Route.useNavigate();
    const state: FindingsState = {
      q: search.q ?? OPEN_FILTER,
      sort: search.sort ?? "-priority",
      peek: search.peek,
      asOf: search.as_of,
    };
    const onState = useCallback(
      (change: Partial<FindingsState>, isStep = false) => {
        const { asOf, ...rest } = change;
        const then = "asOf" in change ? { as_of: asOf } : {};
        void navigate({ search: (now) => ({ ...now, ...rest, ...then }), replace: isStep });
      },
      [navigate],
    );
    return (
      <Page title="Findings" isBare action={<UploadLink />}>
        <FindingsPage state={state} onState={onState} />
      </Page>
    );
  },
});
