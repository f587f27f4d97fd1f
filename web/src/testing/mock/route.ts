/** What the mock's routes are made of: the request they get, the refusals they give, items found and lists cut into pages. */
import type { Memory } from "@/testing/mock/data";

export type Context = { memory: Memory; url: URL; body: unknown; params: string[]; form: FormData | null };

/** What a handler gives back is sent as JSON, nothing as 204, and a response as it is. */
export type Route = [method: string, path: RegExp, handler: (context: Context) => unknown];

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string | null = null,
    readonly errors?: { pointer: string; message: string }[],
    readonly type?: string,
  ) {
    super(title);
  }
}

export const page = <Item>(items: Item[], url: URL) => {
  const limit = Number(url.searchParams.get("limit") ?? 50);
  const offset = Number(url.searchParams.get("offset") ?? url.searchParams.get("cursor") ?? 0);
  const next = offset + limit < items.length ? String(offset + limit) : null;
  return {
    items: items.slice(offset, offset + limit),
    next_cursor: next,
    total: items.length,
    total_is_exact: true,
  };
};

export function found<Item extends { id: string }>(items: Item[], id: string | undefined): Item {
  const item = items.find((each) => each.id === id);
  if (!item)
    throw new Refusal(
      404,
      "There is nothing here",
      `No ${id?.split("_")[0]} with this id, or you may not see it.`,
    );
  return item;
}
