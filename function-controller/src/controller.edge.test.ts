import { describe, expect, test } from 'vitest';
import { aWhile, until, useController } from './testing/controller-harness.ts';

const at = useController();

const DIRECT = { config: { edge: 'direct', scale: { min: 2, idleMs: 60_000 } } };
/** The rule that Traefik reads off an instance, undefined when it reads none. */
const ruleOf = (labels: Record<string, string> | undefined) =>
  labels && Object.entries(labels).find(([key]) => key.endsWith('.rule'))?.[1];
const rules = (version: number) =>
  at.host.running(version).map((instance) => ruleOf(instance.spec.edgeLabels));
const hasOnly = (version: number, host: string) => {
  const found = rules(version);
  return found.length === 2 && found.every((rule) => rule?.includes(`Host(\`${host}\`)`));
};

describe('a function with edge: direct', () => {
  test('is announced by instances of the live version only, and never before it is live', async () => {
    await at.open({ DOMAIN: 'Example.ORG.' });
    at.host.behaviour = (version) => ({ is: version === 2 ? 'silent' : 'ready' });
    await at.deployed(1, DIRECT);
    await until('the live version is announced', () => hasOnly(1, 'shop-hello.example.org'));
    at.metadata.deploy(2, DIRECT);
    await until('the candidate runs', () => at.host.running(2).length === 2);
    await aWhile();
    expect(rules(2)).toEqual([undefined, undefined]);
    expect(hasOnly(1, 'shop-hello.example.org')).toBe(true);
  });

  test('a deploy keeps the old instances until the new version is announced', async () => {
    await at.open();
    await at.deployed(1, DIRECT);
    await until('version 1 is announced', () => hasOnly(1, 'shop-hello.platform.test'));
    const announced = () => [...rules(1), ...rules(2)].filter(Boolean).length;
    await at.deployed(2, DIRECT);
    await until('version 1 is gone', () => {
      expect(announced()).toBeGreaterThanOrEqual(2);
      return at.host.running(1).length === 0;
    });
    await until('only version 2 is announced', () => hasOnly(2, 'shop-hello.platform.test'));
  });

  test('a domain that comes or goes replaces the instances, the new ones first', async () => {
    await at.open();
    await at.deployed(1, DIRECT);
    await until('it is announced', () => hasOnly(1, 'shop-hello.platform.test'));
    at.metadata.put({ ...at.metadata.functions.get('f1')!, domains: ['www.example.org'] });
    await until('the domain is announced', () => {
      expect(at.host.running(1).length).toBeGreaterThanOrEqual(2);
      return hasOnly(1, 'www.example.org');
    });
    at.metadata.put({ ...at.metadata.functions.get('f1')!, domains: [] });
    await until(
      'it is gone',
      () => at.host.running(1).length === 2 && rules(1).every((rule) => !rule?.includes('www')),
    );
  });

  test('a domain does not touch instances of a function that the proxy serves', async () => {
    await at.open();
    await at.deployed(1);
    const before = at.host.started.length;
    at.metadata.put({ ...at.metadata.functions.get('f1')!, domains: ['www.example.org'] });
    await aWhile();
    expect(at.host.started.length).toBe(before);
    expect(rules(1)).toEqual([undefined]);
  });

  test('the edge router is on the network while the function is direct, and is off before the network goes', async () => {
    await at.open();
    await at.deployed(1, DIRECT);
    await until('it joined', () => at.joined.at(-1)?.includes('shop') === true);
    at.metadata.put({ ...at.metadata.functions.get('f1')!, state: 'stopped' });
    await until('it left', () => at.joined.at(-1)?.length === 0);
    at.metadata.put({ ...at.metadata.functions.get('f1')!, state: 'active' });
    await until('it joined again', () => at.joined.at(-1)?.includes('shop') === true);
    at.metadata.delete('f1');
    await until('the network is gone', () => !at.host.networks.has('shop'));
    expect(at.joined.at(-1)).toEqual([]);
  });
});
