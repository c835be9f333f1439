import { describe, expect, it } from 'vitest';
import type { Context } from './context.ts';
import { resolveFunction, resolveReference } from './target.ts';

const context = (more: Partial<Context> = {}) =>
  ({
    cwd: '/work',
    settings: { project: 'default' },
    projectFile: { name: undefined, project: undefined },
    flagProject: undefined,
    ...more,
  }) as Context;

describe('resolveReference()', () => {
  it('reads project, alias and version', () => {
    expect(resolveReference(context(), 'hello')).toEqual({
      project: 'default',
      name: 'hello',
      selector: { alias: 'live' },
    });
    expect(resolveReference(context(), 'shop.cart:beta')).toEqual({
      project: 'shop',
      name: 'cart',
      selector: { alias: 'beta' },
    });
    expect(resolveReference(context(), 'cart@3').selector).toEqual({ version: 3 });
    expect(() => resolveReference(context(), 'a/b')).toThrow('does not name a function');
  });

  it('takes the folder’s own function when none is named', () => {
    const inFolder = context({ projectFile: { name: 'cart', project: 'shop' } });
    expect(resolveReference(inFolder, undefined).name).toBe('cart');
    expect(resolveReference(inFolder, 'other').name).toBe('other');
    expect(() => resolveReference(context(), undefined)).toThrow('no plat.yaml with a name in /work');
  });

  it('does not let --project and the reference contradict each other', () => {
    expect(resolveReference(context({ flagProject: 'shop' }), 'shop.cart').project).toBe('shop');
    expect(() => resolveReference(context({ flagProject: 'shop' }), 'other.cart')).toThrow(
      'two different projects',
    );
  });
});

describe('resolveFunction()', () => {
  it('wants no version', () => {
    expect(resolveFunction(context(), 'shop.cart')).toEqual({ project: 'shop', name: 'cart' });
    expect(() => resolveFunction(context(), 'cart@3')).toThrow('wants the function alone');
  });
});
