import { expect, it } from 'vitest';
import { describeImportError } from '../server/load-handler.cjs';

it('describeImportError() says which Node.js TypeScript needs where the one that runs knows none', () => {
  const error = Object.assign(new TypeError('Unknown file extension ".ts" for /app/typed.ts'), {
    code: 'ERR_UNKNOWN_FILE_EXTENSION',
  });
  expect(describeImportError(error, '/app')).toBe(
    `Unknown file extension ".ts" for typed.ts: TypeScript needs Node.js 22.18 or later, and this is ${process.version}.`,
  );
});

it('describeImportError() leaves other extensions to what Node.js says', () => {
  const error = Object.assign(new TypeError('Unknown file extension ".wat" for /app/part.wat'), {
    code: 'ERR_UNKNOWN_FILE_EXTENSION',
  });
  expect(describeImportError(error, '/app')).toBe('TypeError: Unknown file extension ".wat" for part.wat');
});
