const PAGE_LIMIT = 200;

/** A list whole, page by page. */
export async function allItems<T>(
  read: (page: { limit: number; before?: string }) => Promise<{ items: T[]; next: string | null }>,
  limit = PAGE_LIMIT,
): Promise<T[]> {
  const items: T[] = [];
  for (let before: string | undefined; ;) {
    const page = await read({ limit, ...(before === undefined ? {} : { before }) });
    items.push(...page.items);
    if (page.next === null) return items;
    before = page.next;
  }
}
