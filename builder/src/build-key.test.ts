import { describe, expect, it } from 'vitest';
import { buildKey } from './build-key.ts';
import { treeDigest, type TreeEntry } from './tree-digest.ts';

const file = (path: string, content = 'c', executable = false): TreeEntry => ({
  path,
  kind: 'file',
  executable,
  content,
});
const BASE = {
  source: [file('index.js')],
  runtime: { id: 'node', files: [file('Dockerfile')] },
  settings: { files: { npmrc: 'x' }, secrets: [] },
};

describe('buildKey()', () => {
  it('is the same for the same inputs in any order', () => {
    const source = [file('a'), file('b')];
    expect(buildKey({ ...BASE, source })).toBe(buildKey({ ...BASE, source: [...source].reverse() }));
  });

  it.each([
    ['the source', { source: [file('index.js', 'other')] }],
    ['the runtime', { runtime: { id: 'node', files: [file('Dockerfile', 'other')] } }],
    ['the choice of runtime', { runtime: { id: 'bun', files: [file('Dockerfile')] } }],
    ['the settings', { settings: { files: { npmrc: 'y' }, secrets: [] } }],
  ])('changes with %s', (_what, change) => {
    expect(buildKey({ ...BASE, ...change })).not.toBe(buildKey(BASE));
  });
});

describe('treeDigest()', () => {
  const folder = (path: string): TreeEntry => ({ path, kind: 'folder', executable: false, content: '' });

  it('counts folders only when they are empty', () => {
    expect(treeDigest([folder('a'), file('a/b')])).toBe(treeDigest([file('a/b')]));
    expect(treeDigest([file('a/b'), folder('c')])).not.toBe(treeDigest([file('a/b')]));
  });

  it.each([
    ['a name', [file('y')]],
    ['content', [file('x', 'd')]],
    ['the executable bit', [file('x', 'c', true)]],
    ['the kind', [{ ...file('x'), kind: 'link' as const }]],
  ])('changes with %s', (_what, tree) => {
    expect(treeDigest(tree)).not.toBe(treeDigest([file('x')]));
  });
});
