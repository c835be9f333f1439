import { z } from 'zod';
import { PlatformError } from './errors.ts';
import { deadline } from './waiting.ts';

/** `skip`: it could not be measured here, and nothing follows from that. */
export const Verdict = z.enum(['ok', 'warn', 'fail', 'skip']);
export type Verdict = z.output<typeof Verdict>;

/**
 * One thing `plat doctor` looked at. `id` never changes its meaning; `evidence` is what was measured; `remedy` is the
 * command (or the step) that mends it, null when nothing is to be done; `fixed` is what `--fix` did about it.
 */
export const Check = z.object({
  id: z.string(),
  component: z.string(),
  title: z.string(),
  verdict: Verdict,
  evidence: z.string(),
  remedy: z.string().nullable(),
  isFixable: z.boolean(),
  fixed: z.string().nullable(),
});
export type Check = z.output<typeof Check>;

/** What one measurement says. */
export type Finding = { verdict: Verdict; evidence: string; remedy?: string };

/** How a check is made. `fix` does what is safe, says what it did, and may be called although nothing is left to do. */
export type CheckSpec = {
  id: string;
  title: string;
  run: (signal: AbortSignal) => Promise<Finding>;
  fix?: (signal: AbortSignal) => Promise<string>;
  /** How long `run` and `fix` may take each; 10 s when left out. */
  timeoutMs?: number;
};

const CHECK_MS = 10_000;

/**
 * Makes every check, side by side, each within its time: one that throws or takes too long is one that failed. With
 * `fix`, what is wrong and can be mended safely is mended, one after the other, and measured again.
 */
export async function runChecks(
  component: string,
  specs: readonly CheckSpec[],
  options: { fix?: boolean; signal?: AbortSignal } = {},
): Promise<Check[]> {
  const checks = await Promise.all(specs.map((spec) => measure(component, spec, options.signal)));
  if (!options.fix) return checks;
  const mended: Check[] = [];
  for (const [i, check] of checks.entries()) mended.push(await mend(check, specs[i]!, options.signal));
  return mended;
}

async function measure(component: string, spec: CheckSpec, signal?: AbortSignal): Promise<Check> {
  const finding = await within(spec, spec.run, signal).catch((error: unknown): Finding => ({
    verdict: 'fail',
    evidence: `It could not be checked: ${reasonOf(error)}`,
  }));
  return {
    id: spec.id,
    component,
    title: spec.title,
    verdict: finding.verdict,
    evidence: finding.evidence,
    remedy: finding.remedy ?? null,
    isFixable: spec.fix !== undefined && isWrong(finding.verdict),
    fixed: null,
  };
}

async function mend(check: Check, spec: CheckSpec, signal?: AbortSignal): Promise<Check> {
  if (!spec.fix || !isWrong(check.verdict)) return check;
  try {
    const fixed = await within(spec, spec.fix, signal);
    return { ...(await measure(check.component, spec, signal)), fixed };
  } catch (error) {
    return { ...check, evidence: `${check.evidence} It could not be mended: ${reasonOf(error)}` };
  }
}

async function within<T>(
  spec: CheckSpec,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const timeoutMs = spec.timeoutMs ?? CHECK_MS;
  const over = deadline(timeoutMs, signal);
  let stop: () => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    stop = () => reject(new PlatformError('unavailable', `no answer within ${timeoutMs / 1000} s.`));
    over.addEventListener('abort', stop, { once: true });
  });
  // `work` may end after the race is lost: its error is nobody's then.
  return Promise.race([work(over), late]).finally(() => over.removeEventListener('abort', stop));
}

function isWrong(verdict: Verdict): boolean {
  return verdict === 'fail' || verdict === 'warn';
}

/** An error of the engine or of the system as a sentence; these are shown to administrators only. */
function reasonOf(error: unknown): string {
  if (error instanceof PlatformError) return error.message;
  const { json, message } = error as { json?: { message?: string }; message?: string };
  return json?.message ?? message ?? 'unknown error';
}
