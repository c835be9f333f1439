import { expect } from 'vitest';
import type { Case } from './case.ts';
import { json, send } from './http-client.ts';
import { untilPrinted } from './waiting.ts';

/** What calls print. */
export const logCases: Case[] = [
  {
    name: 'puts the id of its call before every line that is printed',
    check: async ({ shared }) => {
      expect(json(await send(shared, { case: 'print', requestId: 'print-1' }))).toBe('printed');
      const lines = await untilPrinted(shared, 'print-1', { count: 5 });
      expect(lines.sort()).toEqual(['no newline', 'one', 'partial', 'to stderr', 'two']);
    },
  },
  {
    name: 'never mixes the lines of calls that run at once',
    check: async ({ shared }) => {
      const names = ['red', 'green', 'blue'];
      const sent = names.map((name) =>
        send(shared, { case: 'print-together', requestId: `together-${name}`, headers: { 'x-name': name } }),
      );
      await Promise.all(sent);
      for (const name of names) {
        const lines = await untilPrinted(shared, `together-${name}`, { count: 20 });
        expect(lines).toEqual(Array.from({ length: 20 }, (_, index) => `${name} line ${index}`));
      }
    },
  },
  {
    name: 'survives ten megabytes of output',
    check: async ({ shared }) => {
      expect(json(await send(shared, { case: 'print-10mb', requestId: 'much-1' }))).toBe('printed');
      const lines = await untilPrinted(shared, 'much-1', { count: 10 * 1024 });
      expect(lines.every((line) => line === 'x'.repeat(1023))).toBe(true);
    },
  },
  {
    name: 'cuts a line of more than 64 KiB into pieces',
    check: async ({ shared }) => {
      await send(shared, { case: 'print-long-line', requestId: 'long-1' });
      const lines = await untilPrinted(shared, 'long-1', { count: 2 });
      expect(lines.map((line) => line.length)).toEqual([64 * 1024, 36 * 1024]);
    },
  },
];
