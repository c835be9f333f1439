import { round } from '../report.ts';
import type { Look } from './look.ts';
import type { SoakReport } from './soak.ts';

/** One line a look; rows of tables are in the table at the end and in the JSON. */
export function printLook({ atMinutes, measures }: Look): void {
  const shown = Object.entries(measures).filter(([measure]) => !measure.startsWith('rows of'));
  const figures = shown.map(([measure, value]) => `${measure} ${round(value)}`);
  console.log(`${atMinutes.toFixed(1)} min: ${figures.join(', ')}`);
}

export function printSoak({ verdicts, habits, warnings, cores }: SoakReport): void {
  console.table(
    Object.fromEntries(
      verdicts.map(({ measure, began, ended, verdict }) => [
        measure,
        { began: round(began), ended: round(ended), verdict },
      ]),
    ),
  );
  console.table(Object.fromEntries(Object.entries(habits).map(([name, { times, failed, stopped }]) => [name, { times, failed, stopped }]))); // prettier-ignore
  for (const [name, { failures }] of Object.entries(habits))
    for (const failure of failures) console.error(`failed: ${name}: ${failure}`);
  for (const warning of warnings) console.error(`warned: ${warning}`);
  console.log(`CPU time of the platform's process: ${(cores * 100).toFixed(1)} % of a core.`);
}
