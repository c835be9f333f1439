import { nodeFunction } from '@plat/e2e/function-folder.ts';
import { liveServer } from '@plat/e2e/live-server.ts';

type Files = Record<string, string>;

/** Always awake: `/throw` fails, `/late` takes longer than it may, `/ticks` streams, all else answers at once. */
const STEADY = nodeFunction(
  'steady',
  `  const path = event.rawPath;
  console.log('called', path);
  if (path === '/throw') throw new Error('as wanted');
  if (path === '/late') await new Promise((resolve) => setTimeout(resolve, 8000));
  async function* ticks() {
    for (let i = 0; i < 5; i++) {
      yield 'tick ' + i + '\\n';
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return path === '/ticks' ? { statusCode: 200, body: ticks() } : 'ok';`,
  'timeout: 5s\nscale:\n  min: 1\n',
);

const OK = 'return "ok";';
const DOZING_PYTHON: Files = {
  'plat.yaml': 'name: dozing\nruntime: python\nscale:\n  stopAfter: 3s\n  idle: 5m\n',
  'main.py': 'def handler(event):\n    return "ok"\n',
};

/** What is there all the time, by name. */
export const FUNCTIONS: Readonly<Record<string, Files>> = {
  steady: STEADY,
  live: liveServer('live', 'live', 'scale:\n  min: 1\n'),
  // Each sleeps in its own way: paused, stopped, gone (and back from the pool).
  resting: nodeFunction('resting', OK, 'scale:\n  pauseAfter: 2s\n'),
  dozing: DOZING_PYTHON,
  napping: nodeFunction('napping', OK, 'scale:\n  idle: 3s\n'),
};

/** The one that is deployed, changed and removed; the same sources again and again, as they are kept for an hour. */
export function changing(edition: number): Files {
  return nodeFunction('changing', `return "edition ${edition}";`, 'scale:\n  idle: 20s\n');
}
