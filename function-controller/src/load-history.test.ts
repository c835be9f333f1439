import { expect, test } from 'vitest';
import { LoadHistory } from './load-history.ts';
import { versionRecord } from './testing/test-records.ts';

const load = (inFlight: number, waiting = 0, version = 1) => ({ functionId: 'f1', version, inFlight, waiting, lastRequestAt: null }); // prettier-ignore
const version = versionRecord({ config: { concurrency: 10 } });

test('calls that were reported before a version was looked at count', () => {
  const history = new LoadHistory();
  history.report([load(0, 50)], 0, { whole: false });
  expect(history.decide(version, 0, 10)).toBe(5);
});

test('says of which functions the answer changed, once', () => {
  const history = new LoadHistory();
  expect(history.decide(version, 0, 0)).toBe(1);
  expect(history.outdated(1)).toEqual([]);
  history.report([load(1, 40)], 5, { whole: false });
  expect(history.outdated(6000)).toEqual(['f1']);
  expect(history.outdated(6000)).toEqual([]);
  expect(history.decide(version, 1, 6000)).toBe(5);
});

test('what a whole report does not name has no calls', () => {
  const history = new LoadHistory();
  history.report([load(30)], 0, { whole: true });
  expect(history.decide(version, 3, 0)).toBe(3);
  history.report([], 1000, { whole: true });
  for (let s = 2; s < 300; s++) history.report([], s * 1000, { whole: true });
  expect(history.decide(version, 1, 300_000)).toBe(1);
});

test('a version that slept begins anew', () => {
  const history = new LoadHistory();
  history.decide(version, 0, 0);
  history.report([load(0, 50)], 100_000, { whole: true });
  history.forget('f1', 1);
  expect(history.decide(version, 0, 100_000)).toBe(5);
  history.forgetFunction('f1');
  history.report([], 100_001, { whole: true });
  expect(history.decide(version, 0, 100_001)).toBe(1);
});
