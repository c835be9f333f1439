import type { Bench } from './bench.ts';

/** Figures of one target in one unit, one for each repetition. */
export type Row = { target: string; unit: string; samples: number[] };

/** A goal of the project and what this run measured of it. */
export type Goal = { name: string; measured: number; limit: number; sense: 'at least' | 'at most' };

export type Finding = { rows: Row[]; goals: Goal[]; skipped: string[] };

/** One thing that is measured; everything it compares is measured in the same run, in turns. */
export type Scenario = {
  name: string;
  /** Left out of `--short`. */
  isLong?: boolean;
  run: (bench: Bench) => Promise<Finding>;
};

export function holds({ measured, limit, sense }: Goal): boolean {
  return sense === 'at least' ? measured >= limit : measured <= limit;
}
