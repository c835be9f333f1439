import type { UpkeepCalls } from '@plat/platform-kit/clients/upkeep-calls.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { describe, expect, it } from 'vitest';
import { judgeName } from './gateway-checks.ts';
import { Upkeep } from './upkeep.ts';

const service = (over: Partial<UpkeepCalls> = {}): UpkeepCalls => ({
  checks: async () => ({ items: [] }),
  fixChecks: async () => ({ items: [] }),
  collectGarbage: async () => ({ items: [] }),
  ...over,
});
const away = () => Promise.reject(new PlatformError('unreachable', 'The builder cannot be reached.'));
const upkeep = (services: Record<string, UpkeepCalls>) =>
  new Upkeep({ services, baseImages: away, ownChecks: () => [] });

describe('Upkeep', () => {
  it('makes a service that does not answer a check that failed, beside those of the others', async () => {
    const checks = await upkeep({ builder: service({ checks: away }), 'function-proxy': service() }).checks({
      fix: false,
    });
    expect(checks.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['service.builder', 'fail'],
      ['service.function-proxy', 'ok'],
    ]);
    expect(checks[0]!.evidence).toBe('The builder cannot be reached.');
  });

  it('collects containers before images, goes on without a service that is away, and adds the sizes up', async () => {
    const asked: string[] = [];
    const collector = (name: string, bytes: number) =>
      service({
        collectGarbage: async () => {
          asked.push(name);
          const item = { component: name, kind: 'image' as const, id: name, name, why: '', count: 1 };
          return {
            items: [
              { ...item, bytes, outcome: 'removed' as const },
              { ...item, bytes: 99, outcome: 'in_use' as const },
            ],
          };
        },
      });
    const report = await upkeep({
      builder: collector('builder', 5),
      'metadata-service': service({ collectGarbage: away }),
      'function-controller': collector('function-controller', 2),
    }).collectGarbage({ dryRun: false });
    expect(asked).toEqual(['function-controller', 'builder']);
    expect(report).toMatchObject({ bytes: 7, problems: [{ component: 'metadata-service' }] });
    expect(report.items).toHaveLength(4);
  });
});

describe('judgeName()', () => {
  it.each([
    [[], 'warn'],
    [['127.0.0.1'], 'ok'],
    [['10.0.0.5'], 'ok'],
    [['192.0.2.1'], 'warn'],
  ] as const)('%j is %s', (addresses, verdict) => {
    expect(judgeName('x.test', addresses, ['10.0.0.5'], 'mend it').verdict).toBe(verdict);
  });
});
