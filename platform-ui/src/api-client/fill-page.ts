/** Pages that are asked for one after the other, at most, until one is full. */
const LOOKS = 5;

export type Page<T> = { items: T[]; next: string | null };

/**
 * A page of a search whose answers may have fewer items than asked for and still go on. What comes may be short as well:
 * `next` then says from where to look on.
 */
export async function fillPage<T>(
  read: (page: { limit: number; before?: string }) => Promise<Page<T>>,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<Page<T>> {
  const items: T[] = [];
  let next: string | null = before ?? null;
  for (let look = 0; look < LOOKS; look++) {
    const page = await read({ limit: limit - items.length, ...(next === null ? {} : { before: next }) });
    items.push(...page.items);
    next = page.next;
    if (next === null || items.length >= limit) break;
  }
  return { items, next };
}
