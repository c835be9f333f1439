import { expect, test } from 'vitest';
import { watchTogether, type Watch } from './watch-together.ts';

function fakeWatch() {
  let open: () => void = () => undefined;
  let end: (error?: Error) => void = () => undefined;
  const watch: Watch & { isAborted: () => boolean } = Object.assign(
    (options: Parameters<Watch>[0]) =>
      new Promise<void>((resolve, reject) => {
        open = options.onOpen;
        end = (error) => (error ? reject(error) : resolve());
        options.signal.addEventListener('abort', () => ((aborted = true), resolve()), { once: true });
      }),
    { isAborted: () => aborted },
  );
  let aborted = false;
  return { watch, open: () => open(), end: (error?: Error) => end(error) };
}

test('watchTogether() is open once all are, however often one says so', async () => {
  const [a, b] = [fakeWatch(), fakeWatch()];
  let opened = 0;
  const stop = new AbortController();
  const over = watchTogether([a.watch, b.watch], { signal: stop.signal, onOpen: () => opened++ });
  a.open();
  a.open();
  expect(opened).toBe(0);
  b.open();
  expect(opened).toBe(1);
  stop.abort();
  await over;
});

test('watchTogether() is over with the first that is, hands on its error and stops the others', async () => {
  const [a, b] = [fakeWatch(), fakeWatch()];
  const never = new AbortController().signal;
  const over = watchTogether([a.watch, b.watch], { signal: never, onOpen: () => undefined });
  b.end(new Error('broken'));
  await expect(over).rejects.toThrow('broken');
  expect(a.watch.isAborted()).toBe(true);
});
