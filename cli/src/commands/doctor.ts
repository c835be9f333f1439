import { runChecks, type Check, type Verdict } from '@plat/platform-kit/checks.ts';
import { ApiClient } from '../api-client.ts';
import { note, type Context } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { localChecks } from '../local-checks.ts';
import { printData } from '../output/print.ts';
import { Transport } from '../transport.ts';

/** Examines the platform and the way to it; works without a platform too. Exits with 1 when a check failed. */
export async function doctor(context: Context, args: { fix?: boolean }): Promise<number> {
  const { url, token } = context.settings;
  const api = new ApiClient(new Transport({ url, token, signal: context.signal }));
  const { items, version, problem } = await askPlatform(context, api, args.fix === true);
  const domain = problem ? undefined : await api.system().then(({ domain }) => domain, () => undefined); // prettier-ignore
  const local = await runChecks(
    'cli',
    localChecks({
      url,
      configFolder: context.environment.configFolder,
      cliVersion: context.version,
      platformVersion: version,
      domain,
    }),
    { signal: context.signal },
  );
  const isReachable = local.find(({ id }) => id === 'cli.reach')?.verdict === 'ok';
  const refused = problem && isReachable ? [platformRefused(problem)] : [];
  const checks = [...local, ...refused, ...items];
  await print(context, checks);
  return checks.some(({ verdict }) => verdict === 'fail') ? EXIT_CODES.general.code : EXIT_CODES.ok.code;
}

type Asked = { items: Check[]; version: string | undefined; problem: Error | undefined };

async function askPlatform(context: Context, api: ApiClient, fix: boolean): Promise<Asked> {
  try {
    const { items, version } = await api.doctor({ fix });
    return { items, version, problem: undefined };
  } catch (error) {
    if (context.signal.aborted || !(error instanceof Error)) throw error;
    return { items: [], version: undefined, problem: error };
  }
}

function platformRefused(problem: Error): Check {
  return {
    id: 'cli.access',
    component: 'cli',
    title: 'The platform lets itself be examined',
    verdict: 'fail',
    evidence: problem.message,
    remedy: 'plat login with a token of an administrator',
    isFixable: false,
    fixed: null,
  };
}

const MARKS: Record<Verdict, string> = { ok: '✔', warn: '!', fail: '✘', skip: '-' };

async function print(context: Context, checks: readonly Check[]): Promise<void> {
  const names = () => checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => `${id}\n`).join(''); // prettier-ignore
  if (await printData(context, { items: checks }, names)) return;
  const { green, yellow, red, dim, bold } = context.outColors;
  const paint: Record<Verdict, (text: string) => string> = { ok: green, warn: yellow, fail: red, skip: dim };
  let component = '';
  for (const check of checks) {
    if (check.component !== component) {
      component = check.component;
      await context.out.write(`${bold(component)}\n`);
    }
    const mark = paint[check.verdict](MARKS[check.verdict]);
    await context.out.write(`${mark} ${check.title}: ${dim(check.evidence)}\n`);
    if (check.fixed !== null) await context.out.write(`  mended: ${check.fixed}\n`);
    if (check.remedy !== null && (check.verdict === 'fail' || check.verdict === 'warn'))
      await context.out.write(`  → ${check.remedy}\n`);
  }
  const count = (verdict: Verdict) => checks.filter((check) => check.verdict === verdict).length;
  await note(context, `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed, ${count('skip')} skipped.`); // prettier-ignore
  if (checks.some(({ isFixable }) => isFixable)) await note(context, 'plat doctor --fix mends part of it.');
}
