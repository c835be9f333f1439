/** A page of a list that is whole in memory: sorted by key, from behind `before` on, at most `limit`. */
export function pageItems<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  query: { before?: string | undefined; limit: number },
): { items: T[]; next: string | null } {
  const { before } = query;
  const sorted = [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const rest = before === undefined ? sorted : sorted.filter((item) => keyOf(item) > before);
  const page = rest.slice(0, query.limit);
  const last = page.at(-1);
  return { items: page, next: last !== undefined && rest.length > page.length ? keyOf(last) : null };
}
