import { expect, test } from 'vitest';
import { curlCommand } from './curl-command.ts';
import { readEvents, saveEvent } from './saved-events.ts';

const CALL = { project: 'shop', name: 'cart', kind: 'http', version: null, method: 'POST', path: '/a?b=1', headers: { 'x-a': "it's" }, body: '{"a":1}' } as const; // prettier-ignore

test('curlCommand() gives what a shell takes as it is, without the token', () => {
  expect(curlCommand(CALL, 'http://h')).toBe(
    `curl -i -H "Authorization: Bearer $PLAT_TOKEN" -X POST -H 'x-a: it'\\''s' --data-binary '{"a":1}' 'http://h/function/shop.cart/a?b=1'`,
  );
  expect(curlCommand({ ...CALL, kind: 'event', version: 3 }, 'http://h')).toContain("'http://h/api/projects/shop/functions/cart/invoke?version=3'"); // prettier-ignore
});

test('saved events are kept by function, the newest first, one of a name', () => {
  localStorage.clear();
  saveEvent(localStorage, 'f', { name: 'a', text: '1' });
  saveEvent(localStorage, 'f', { name: 'b', text: '2' });
  saveEvent(localStorage, 'f', { name: 'a', text: '3' });
  expect(readEvents(localStorage, 'f')).toEqual([{ name: 'a', text: '3' }, { name: 'b', text: '2' }]); // prettier-ignore
  expect(readEvents(localStorage, 'g')).toEqual([]);
  localStorage.setItem('plat.events.f', 'nonsense');
  expect(readEvents(localStorage, 'f')).toEqual([]);
});
