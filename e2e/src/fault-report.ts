import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { seconds, type FaultOutcome } from './fault-run.ts';
import { REPOSITORY } from './platform.ts';

/** Whether the long list of faults is inflicted and written down (`npm run test:faults`), or each once and shortly. */
export const isWholeRun = process.env['FAULTS'] === 'whole';

/** Puts a table in its place in `docs/reliability.md`, between the marks with its name. Nothing but in a whole run. */
export async function writeFaultTable(name: string, outcomes: readonly FaultOutcome[]): Promise<void> {
  if (!isWholeRun || outcomes.length === 0) return;
  const target = path.join(REPOSITORY, 'docs/reliability.md');
  const rows = outcomes.map(
    ({ fault, counted, healedMs }) =>
      `| ${fault} | ${counted.failed} of ${counted.requests} | ${seconds(counted.slowestMs)} | ${seconds(counted.longestFailureMs)} | ${seconds(healedMs)} |`,
  );
  const table = `| fault | calls that failed | slowest call | longest outage | all well after |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`;
  const place = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end of ${name} -->)`);
  const page = await readFile(target, 'utf8');
  if (!place.test(page)) throw new Error(`docs/reliability.md has no place for the table "${name}".`);
  const text = page.replace(place, `$1\n${table}\n\n$2`);
  await writeFile(target, await format(text, { ...(await resolveConfig(target)), filepath: target }));
}
