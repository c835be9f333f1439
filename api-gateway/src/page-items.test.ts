import { expect, it } from 'vitest';
import { pageItems } from './page-items.ts';

const letters = ['c', 'a', 'b'];
const same = (text: string) => text;

it('pageItems() goes through the whole list, each item once, in order', () => {
  const first = pageItems(letters, same, { limit: 2 });
  expect(first).toEqual({ items: ['a', 'b'], next: 'b' });
  expect(pageItems(letters, same, { limit: 2, before: 'b' })).toEqual({ items: ['c'], next: null });
});

it('pageItems() has no next page when the last item fits exactly', () => {
  expect(pageItems(letters, same, { limit: 3 }).next).toBeNull();
  expect(pageItems([], same, { limit: 3 })).toEqual({ items: [], next: null });
});
