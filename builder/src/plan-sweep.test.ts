import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { describe, expect, it } from 'vitest';
import {
  keptVersions,
  planImages,
  planManifests,
  type FunctionHistory,
  type SweepInput,
} from './plan-sweep.ts';

const version = (
  number: number,
  state: VersionRecord['state'] = 'ready',
  imageId: string | null = `i${number}`,
) => ({ number, state, imageId }) as VersionRecord;
const alias = (name: string, number: number) => ({
  name,
  weights: [{ version: number, weight: 100 }],
  updatedAt: '',
});
const history = (versions: VersionRecord[], live?: number): FunctionHistory => ({
  versions,
  aliases: live === undefined ? [] : [alias('live', live)],
});
const image = (imageId: string, functionId = 'f') => ({ imageId, functionId, buildKey: 'k', bytes: 5 });

function plan(over: Partial<SweepInput>) {
  return planImages({
    images: [],
    histories: new Map(),
    isBusy: () => false,
    used: new Set(),
    generic: new Set(['current']),
    keepVersions: 2,
    ...over,
  });
}

describe('planImages()', () => {
  const five = [1, 2, 3, 4, 5].map((number) => version(number));
  const images = five.map(({ imageId }) => image(imageId!));

  it('keeps the newest versions and takes the rest, with what they are and why', () => {
    const found = plan({ images, histories: new Map([['f', history(five, 5)]]) });
    expect(found.map(({ id, releases }) => [id, releases])).toEqual([
      ['i1', [1]],
      ['i2', [2]],
      ['i3', [3]],
    ]);
    expect(found[0]).toMatchObject({
      kind: 'image',
      bytes: 5,
      why: 'only version 1 uses it, beyond the newest 2',
    });
  });

  it('keeps images without a function that pools are made of at present, and takes earlier ones', () => {
    const generic = (imageId: string, buildKey: string) => ({ ...image(imageId, 'generic-node'), buildKey });
    const found = plan({ images: [generic('now', 'current'), generic('before', 'old')] });
    expect(found.map(({ id, why }) => [id, why])).toEqual([['before', 'no pool is made of it']]);
  });

  it('keeps what an alias names, however old', () => {
    const found = plan({ images, histories: new Map([['f', history(five, 1)]]) });
    expect(found.map(({ id }) => id)).toEqual(['i2', 'i3']);
  });

  it('keeps an image that an old and a new version share', () => {
    const shared = [version(1, 'ready', 'i'), version(2), version(3), version(4, 'ready', 'i')];
    expect(plan({ images: [image('i')], histories: new Map([['f', history(shared, 4)]]) })).toEqual([]);
  });

  it('keeps the image of a version that is starting', () => {
    const versions = [version(1, 'starting'), version(2), version(3), version(4)];
    expect(plan({ images: [image('i1')], histories: new Map([['f', history(versions, 4)]]) })).toEqual([]);
  });

  it('takes nothing of a function that is being built, or that a container was made of', () => {
    const histories = new Map([['f', history(five, 5)]]);
    expect(plan({ images, histories, isBusy: () => true })).toEqual([]);
    expect(plan({ images, histories, used: new Set(['i1', 'i2', 'i3']) })).toEqual([]);
  });

  it('takes images of functions that are gone, and those no version names', () => {
    const histories = new Map([['f', history([version(1)], 1)]]);
    const found = plan({ images: [image('x'), image('y', 'gone')], histories });
    expect(found.map(({ id, why }) => [id, why])).toEqual([
      ['x', 'no version uses it'],
      ['y', 'its function is deleted'],
    ]);
  });
});

describe('planManifests()', () => {
  const named = (number: number) =>
    ({ ...version(number), imageRef: `localhost:5577/plat/f@sha256:${number}` }) as VersionRecord;
  const manifest = (digest: string, functionId = 'f') => ({ functionId, tag: `t${digest}`, digest: `sha256:${digest}` });
  const manifests = [manifest('1'), manifest('2'), manifest('9')];
  const histories = new Map([['f', history([named(1), named(2)], 2)]]);
  const found = (over: Partial<Parameters<typeof planManifests>[0]> = {}) =>
    planManifests({ manifests, histories, images: [], isBusy: () => false, ...over }).map(({ id, why }) => [id, why]);

  it('takes what no version names, and of a function that is gone all', () => {
    expect(found()).toEqual([['f@sha256:9', 'no version uses it']]);
    expect(found({ histories: new Map() })).toHaveLength(3);
    expect(found({ histories: new Map() })[0]).toEqual(['f@sha256:1', 'its function is deleted']);
  });

  it('takes those of versions that lose their image in the same round', () => {
    const images = [{ kind: 'image', id: 'i1', name: 'i1', bytes: 5, why: '', functionId: 'f', releases: [1] }] as const;
    expect(found({ images: images.map((image) => ({ ...image, releases: [...image.releases] })) }).map(([id]) => id)).toEqual(['f@sha256:1', 'f@sha256:9']);
  });

  it('leaves a function alone that is being built, and names a digest once that has several tags', () => {
    expect(found({ isBusy: () => true })).toEqual([]);
    expect(found({ manifests: [manifest('9'), { ...manifest('9'), tag: 'other' }] })).toHaveLength(1);
  });
}); // prettier-ignore

describe('keptVersions()', () => {
  it('counts the ready ones apart, so that failures do not push out what can be rolled back to', () => {
    const versions = [version(1), version(2), ...[3, 4, 5].map((number) => version(number, 'failed', null))];
    expect([...keptVersions(history(versions), 2)].sort()).toEqual([1, 2, 4, 5]);
  });
});
