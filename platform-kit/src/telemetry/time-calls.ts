import { performance } from 'node:perf_hooks';
import type { Timing } from './service-metrics.ts';

/**
 * `target` with every method timed that answers with a promise, by the method's name. What answers at once, or with a
 * stream of its own, passes. `except`: methods that last as long as their caller wants.
 */
export function timeCalls<T extends object>(
  target: T,
  timing: Timing<'operation' | 'outcome'>,
  except: readonly (keyof T & string)[] = [],
): T {
  const timed = new Map<PropertyKey, unknown>();
  const wrap = (operation: string, method: (...args: unknown[]) => unknown) => {
    return (...args: unknown[]): unknown => {
      const startedAt = performance.now();
      const result = method.apply(target, args);
      if (!(result instanceof Promise)) return result;
      const note = (outcome: string) => timing.note({ operation, outcome }, startedAt);
      result.then(
        () => note('ok'),
        () => note('error'),
      );
      return result;
    };
  };
  return new Proxy(target, {
    get: (_target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || typeof key !== 'string') return value;
      const known = timed.get(key);
      if (known) return known;
      const method = value as (...args: unknown[]) => unknown;
      const made = (except as readonly string[]).includes(key) ? method.bind(target) : wrap(key, method);
      timed.set(key, made);
      return made;
    },
  });
}
