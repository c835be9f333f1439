import { expect, test } from 'vitest';
import { CliError } from './cli-error.ts';
import { retryNetwork } from './retry-network.ts';

const never = new AbortController().signal;
const failure = (code: string) => new CliError('network', 'It broke.', { cause: { code } });

/** Fails with each of `errors` in turn, then answers with how often it was asked. */
function failing(...errors: unknown[]) {
  let asked = 0;
  return async () => {
    const error = errors[asked++];
    if (error !== undefined) throw error as Error;
    return asked;
  };
}

test('a request whose connection breaks is sent again, twice at most', async () => {
  expect(await retryNetwork(never, failing(failure('ECONNRESET')))).toBe(2);
  const broken = failure('EPIPE');
  await expect(retryNetwork(never, failing(broken, broken, broken))).rejects.toBe(broken);
});

test('what is no broken connection is not tried again', async () => {
  for (const error of [failure('ECONNREFUSED'), new CliError('conflict', 'No.'), new Error('x')])
    await expect(retryNetwork(never, failing(error))).rejects.toBe(error);
});
