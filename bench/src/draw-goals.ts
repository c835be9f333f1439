import { holds, type Goal } from './scenario.ts';

const WIDTH = 900;
const ROW = 26;
const TOP = 56;
const NAME_WIDTH = 470;
const BAR_WIDTH = WIDTH - NAME_WIDTH - 110;
/** Twice the goal fills the bar. */
const FULL = 2;

/** One chart: each goal's measured figure as a part of what is wanted, the line being the goal itself. */
export function drawGoals(goals: readonly Goal[], machine: string): string {
  const height = TOP + goals.length * ROW + 20;
  const line = NAME_WIDTH + BAR_WIDTH / FULL;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    '<text x="10" y="20" font-size="15">Goals of the data plane: measured, as a part of the goal (the line)</text>',
    `<text x="10" y="38" fill="#666">${escape(machine)}</text>`,
    ...goals.map(drawRow),
    `<line x1="${line}" x2="${line}" y1="${TOP - 8}" y2="${height - 16}" stroke="#333" stroke-dasharray="4 3"/>`,
    '</svg>\n',
  ].join('\n');
}

function drawRow(goal: Goal, i: number): string {
  const y = TOP + i * ROW;
  const part = goal.limit === 0 ? (goal.measured === 0 ? 1 : FULL) : goal.measured / goal.limit;
  const width = (Math.min(FULL, Math.max(0, part)) / FULL) * BAR_WIDTH;
  const colour = holds(goal) ? '#2e7d32' : '#c62828';
  const sign = goal.sense === 'at least' ? '≥' : '≤';
  return [
    `<text x="10" y="${y + 12}">${escape(goal.name)}</text>`,
    `<rect x="${NAME_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="16" fill="${colour}"/>`,
    `<text x="${NAME_WIDTH + BAR_WIDTH + 8}" y="${y + 12}">${Number(goal.measured.toPrecision(3))} (${sign} ${goal.limit})</text>`,
  ].join('\n');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
