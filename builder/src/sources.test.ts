import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { INTERNAL_TOKEN, functionConfig } from './testing/fake-metadata.ts';
import { startBuilder, type TestBuilder } from './testing/start-builder.ts';
import { makeZip, zipOf } from './testing/zip-writer.ts';

describe('sources', () => {
  let builder: TestBuilder;
  afterEach(() => builder.close());

  const files = async (folder: string) =>
    (await readdir(path.join(builder.dataFolder, folder), { recursive: true }).catch(() => [])).filter(
      (name) => name.length > 8,
    );

  it('are kept by their digest and given back byte by byte', async () => {
    builder = await startBuilder();
    const zip = zipOf({ 'index.js': '1', 'lib/a.js': '2' });
    const accepted = await builder.putSource(zip);
    expect(accepted).toEqual({
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      bytes: zip.length,
      entries: 2,
    });
    expect(await buffer(await builder.client.getSource(accepted.digest))).toEqual(zip);
    expect(await files('staging')).toEqual([]);
  });

  it('that are unsafe are refused with the entry and the reason, and nothing is kept', async () => {
    builder = await startBuilder();
    const evil = makeZip([
      { name: 'ok.js', content: '1' },
      { name: '../evil', content: 'x' },
    ]);
    await expect(builder.putSource(evil)).rejects.toMatchObject({
      code: 'invalid',
      details: { entry: '../evil', reason: 'path_traversal' },
    });
    await expect(builder.putSource(Buffer.alloc(0))).rejects.toMatchObject({
      code: 'invalid',
      details: { reason: 'empty' },
    });
    expect([await files('sources'), await files('staging')]).toEqual([[], []]);
  });

  it('that are too large are refused, by their announced length and while they stream', async () => {
    builder = await startBuilder({ env: { SOURCE_LIMIT_BYTES: '2048' } });
    await expect(builder.putSource(Buffer.alloc(4096))).rejects.toMatchObject({ code: 'too_large' });
    const endless = Readable.from(
      (async function* () {
        for (let i = 0; i < 50; i++) {
          yield Buffer.alloc(1000);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })(),
    );
    await expect(builder.client.putSource(endless, { timeoutMs: 10_000 })).rejects.toMatchObject({
      code: 'too_large',
    });
    const announced = await new Promise<number>((resolve, reject) => {
      const headers = { authorization: `Bearer ${INTERNAL_TOKEN}`, 'content-length': '999999' };
      const req = request(`${builder.url}/internal/sources`, { method: 'POST', headers }, (res) =>
        resolve(res.statusCode!),
      );
      req.once('error', reject);
      req.flushHeaders();
    });
    expect(announced).toBe(413);
    expect([await files('sources'), await files('staging')]).toEqual([[], []]);
  });

  it('that are too large are refused in words, however fast they come', async () => {
    builder = await startBuilder({ env: { SOURCE_LIMIT_BYTES: '2048' } });
    for (let round = 0; round < 20; round++) {
      const fast = Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(16_384)));
      await expect(builder.client.putSource(fast, { timeoutMs: 10_000 })).rejects.toMatchObject({
        code: 'too_large',
      });
    }
    expect([await files('sources'), await files('staging')]).toEqual([[], []]);
  });

  it('whose upload is cut halfway leave nothing', async () => {
    builder = await startBuilder();
    const headers = { authorization: `Bearer ${INTERNAL_TOKEN}`, 'content-length': '100000' };
    const req = request(`${builder.url}/internal/sources`, { method: 'POST', headers });
    req.on('error', () => undefined);
    req.write(Buffer.alloc(50_000));
    await expect.poll(() => files('staging')).toHaveLength(1);
    req.destroy();
    await expect.poll(() => files('staging')).toEqual([]);
    expect(await files('sources')).toEqual([]);
  });

  it('that cannot be staged are refused, also when none of them was read yet', async () => {
    builder = await startBuilder();
    const staging = path.join(builder.dataFolder, 'staging');
    await mkdir(builder.dataFolder, { recursive: true });
    await rm(staging, { recursive: true, force: true });
    await writeFile(staging, 'a file where a folder should be');
    const large = Readable.from(Array.from({ length: 80 }, () => Buffer.alloc(65_536)));
    await expect(builder.client.putSource(large, { timeoutMs: 10_000 })).rejects.toMatchObject({
      code: 'internal',
    });
    expect((await builder.client.listRuntimes()).items).toHaveLength(1);
  });

  it('are not lost, and leftovers of a dead process are removed, when the builder starts again', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(zipOf({ 'index.js': '1' }));
    await mkdir(path.join(builder.dataFolder, 'staging', 'build-left-over'), { recursive: true });
    await writeFile(path.join(builder.dataFolder, 'staging', 'blob-left-over'), 'half');
    await builder.restart();
    expect(await files('staging')).toEqual([]);
    expect((await buffer(await builder.client.getSource(digest))).length).toBeGreaterThan(0);
  });

  it('are checked for the file of the handler', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(
      zipOf({ 'index.mjs': '1', 'README.md': '2', 'src/main.js': '3' }),
    );
    const check = (handler: string, runtime?: string) =>
      builder.client.checkSource(digest, functionConfig({ handler, runtime }));
    await expect(check('index.handler')).resolves.toBeUndefined();
    await expect(check('src/main.run')).resolves.toBeUndefined();
    await expect(check('./src/main.run')).resolves.toBeUndefined();
    await expect(check('main.handler')).rejects.toMatchObject({
      code: 'invalid',
      details: { lookedFor: ['main.js', 'main.mjs'], rootFiles: ['README.md', 'index.mjs'] },
    });
    await expect(check('index.handler', 'cobol')).rejects.toMatchObject({ code: 'invalid' });
  });

  it('that are not there are not_found; what is no digest is invalid', async () => {
    builder = await startBuilder();
    const digest = `sha256:${'0'.repeat(64)}`;
    await expect(builder.client.getSource(digest)).rejects.toMatchObject({ code: 'not_found' });
    await expect(builder.client.checkSource(digest, functionConfig())).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(builder.client.getSource('../../etc/passwd')).rejects.toMatchObject({ code: 'invalid' });
  });

  it('are for the platform only', async () => {
    builder = await startBuilder();
    const response = await fetch(`${builder.url}/internal/runtimes`, {
      headers: { authorization: 'Bearer wrong' },
    });
    expect(response.status).toBe(401);
    expect((await builder.client.listRuntimes()).items.map(({ id }) => id)).toEqual(['tiny']);
  });
});
