import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { drawGoals } from './draw-goals.ts';
import { holds, type Finding, type Goal } from './scenario.ts';
import { median, spread } from './statistics.ts';

export type Report = {
  at: string;
  isShort: boolean;
  load: string;
  machine: Record<string, string | number>;
  findings: Record<string, Finding>;
  failed: Record<string, string>;
};

export function describeMachine(): Record<string, string | number> {
  const [cpu] = os.cpus();
  return {
    cpus: os.cpus().length,
    model: cpu?.model ?? 'unknown',
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    kernel: os.release(),
    node: process.version,
    loadAverageAtStart: Number(os.loadavg()[0]!.toFixed(2)),
  };
}

export function printFinding(scenario: string, { rows, goals, skipped }: Finding): void {
  console.log(`\n${scenario}`);
  console.table(
    Object.fromEntries(
      rows.map(({ target, unit, samples }) => [
        `${target} | ${unit}`,
        { median: round(median(samples)), spread: `${Math.round(spread(samples) * 100)} %` },
      ]),
    ),
  );
  printGoals(goals);
  for (const reason of skipped) console.log(`skipped: ${reason}`);
}

export function printGoals(goals: readonly Goal[]): void {
  if (goals.length === 0) return;
  console.table(
    Object.fromEntries(
      goals.map((goal) => [
        goal.name,
        {
          measured: round(goal.measured),
          goal: `${goal.sense === 'at least' ? '≥' : '≤'} ${goal.limit}`,
          holds: holds(goal) ? 'yes' : 'no',
        },
      ]),
    ),
  );
}

/** Writes `<name>.json` and `<name>.svg`. */
export async function writeReport(folder: string, name: string, report: Report): Promise<void> {
  const goals = Object.values(report.findings).flatMap((finding) => finding.goals);
  await writeJson(path.join(folder, `${name}.json`), report);
  const { cpus, model, node } = report.machine;
  await writeFile(
    path.join(folder, `${name}.svg`),
    drawGoals(goals, `${cpus} × ${model}, ${node}, ${report.at}`),
  );
}

export async function writeJson(file: string, content: object): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}

export function round(value: number): number {
  return Number(value.toPrecision(4));
}
