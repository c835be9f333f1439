import type { Change, FunctionRecord } from '@plat/platform-kit/domain.ts';
import { expect, test } from 'vitest';
import { CustomHosts } from './custom-hosts.ts';

const change = (key: string, domains: string[] | null): Change => ({
  seq: 1,
  kind: 'function',
  key,
  value: domains && ({ id: key, domains } as FunctionRecord),
});

test('hosts come and go with the functions that have them', () => {
  const hosts = new CustomHosts();
  hosts.reset({ functions: new Map([['f1', { id: 'f1', domains: ['a.org', 'b.org'] } as FunctionRecord]]) });
  expect([hosts.has('a.org'), hosts.has('b.org'), hosts.has('c.org')]).toEqual([true, true, false]);
  hosts.apply(change('f1', ['b.org', 'c.org']));
  expect([hosts.has('a.org'), hosts.has('b.org'), hosts.has('c.org')]).toEqual([false, true, true]);
  hosts.apply(change('f1', null));
  expect([hosts.has('b.org'), hosts.has('c.org')]).toEqual([false, false]);
});

test('a domain that moved from one function to another stays, in whatever order the feed tells it', () => {
  const hosts = new CustomHosts();
  hosts.apply(change('f1', ['a.org']));
  hosts.apply(change('f2', ['a.org']));
  hosts.apply(change('f1', []));
  expect(hosts.has('a.org')).toBe(true);
  hosts.apply(change('f2', null));
  expect(hosts.has('a.org')).toBe(false);
});
