import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openStore } from '@plat/metadata-service/store/open-store.ts';
import {
  BY,
  HELLO,
  makeReady,
  sampleExecution,
  sampleVersion,
} from '@plat/metadata-service/store/sample-records.ts';
import { PostgresCluster, findPostgres } from '@plat/metadata-service/testing/postgres-cluster.ts';
import { sleep } from '@plat/platform-kit/waiting.ts';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backup } from './backup.ts';
import { dataFolders } from './data-folders.ts';
import { restore } from './restore.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-admin-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (...parts: string[]) => path.join(folder, ...parts);
const sqlite = (data: string) => `sqlite:${at(data, 'plat.db')}`;
const SOURCE = Buffer.from('the archive of a function');
const HEX = createHash('sha256').update(SOURCE).digest('hex');

async function put(file: string, content: string | Buffer): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}

/** A data folder as the platform leaves it; the store is still open. */
async function makePlatform(databaseUrl = sqlite('data')) {
  const store = await openStore(databaseUrl);
  await makeReady(store, await store.createVersion(HELLO, sampleVersion({ sourceDigest: `sha256:${HEX}` })));
  await store.recordExecutions([sampleExecution({ id: 'e1' })]);
  const { id } = await store.getFunction(HELLO);
  await put(at('data/builder/sources', HEX.slice(0, 2), HEX), SOURCE);
  await put(at('data/builder/logs', id, '1.ndjson'), '{"text":"built"}\n');
  await put(at('data/builder/logs', id, 'empty.ndjson'), '');
  await put(at('data/controller/logs', id, 'i1.ndjson'), '{"text":"hello"}\n');
  await put(at('data/builder/staging/blob-1'), 'half an upload');
  return { store, id };
}

function backUp(changes: Partial<Parameters<typeof backup>[0]> = {}) {
  return backup({
    out: at('b.tar.gz'),
    databaseUrl: sqlite('data'),
    folders: dataFolders({ dataDir: at('data') }),
    settings: [
      ['DOMAIN', 'platform.test'],
      ['AUTH_TOKEN', 'a "secret"'],
    ],
    ...changes,
  });
}

function restoreTo(data: string, archive = at('b.tar.gz'), databaseUrl = sqlite(data)) {
  return restore({ archive, databaseUrl, folders: dataFolders({ dataDir: at(data) }) });
}

describe('backup() and restore()', () => {
  test('bring back the record, sources, logs and settings of a platform that goes on writing', async () => {
    const { store, id } = await makePlatform();
    let isOver = false;
    const writing = (async () => {
      for (let i = 0; !isOver; i++) {
        await store.createProject(`p${i}`, BY);
        await sleep(1);
      }
    })();
    const report = await backUp();
    isOver = true;
    await writing;
    expect(report).toMatchObject({ sources: 1, logs: 3, missing: [] });
    expect((await stat(at('b.tar.gz'))).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['b.tar.gz', 'data']);

    await restoreTo('new');
    expect((await readdir(at('new'))).sort()).toEqual([
      'builder',
      'controller',
      'plat.db',
      'settings.restored.env',
    ]);
    expect(await readFile(at('new/builder/sources', HEX.slice(0, 2), HEX))).toEqual(SOURCE);
    expect(await readFile(at('new/builder/logs', id, '1.ndjson'), 'utf8')).toContain('built');
    expect(await readFile(at('new/controller/logs', id, 'i1.ndjson'), 'utf8')).toContain('hello');
    expect(await readFile(at('new/settings.restored.env'), 'utf8')).toBe(
      'DOMAIN=platform.test\nAUTH_TOKEN="a \\"secret\\""\n',
    );
    for (const file of ['plat.db', 'settings.restored.env'])
      expect((await stat(at('new', file))).mode & 0o077).toBe(0);
    const restored = await openStore(sqlite('new'));
    expect(await restored.getVersion(HELLO, 1)).toEqual(await store.getVersion(HELLO, 1));
    expect(await restored.getExecution('e1')).toEqual(await store.getExecution('e1'));
    const { seq } = await restored.changesSince(0);
    expect((await restored.listAudit({}, { limit: 1 })).items).toHaveLength(1);
    await restored.createProject('later', BY);
    expect((await restored.changesSince(seq)).seq).toBe(seq + 1);
    await restored.close();
    await store.close();
  });

  test('a source that is gone is named, the rest is backed up', async () => {
    const { store } = await makePlatform();
    await rm(at('data/builder/sources'), { recursive: true });
    expect(await backUp()).toMatchObject({ sources: 0, missing: [`sha256:${HEX}`] });
    await restoreTo('new');
    await store.close();
  });

  test('a source that is damaged stops the backup, and nothing is left of it', async () => {
    const { store } = await makePlatform();
    await put(at('data/builder/sources', HEX.slice(0, 2), HEX), 'something else');
    await expect(backUp()).rejects.toThrow(/is damaged/);
    expect(await readdir(folder)).toEqual(['data']);
    await store.close();
  });

  test('backup() refuses a file that exists, a name that is none, and a platform that is not there', async () => {
    await put(at('b.tar'), '');
    await expect(backUp({ out: at('b.tar') })).rejects.toThrow(/exists already/);
    await expect(backUp({ out: at('b.zip') })).rejects.toThrow(/expected a name that ends in/);
    await expect(backUp()).rejects.toThrow(/plat\.db cannot be written/);
    expect(await readdir(folder)).toEqual(['b.tar']);
  });

  test('restore() refuses targets that are not empty, and leaves them alone', async () => {
    const { store } = await makePlatform();
    await backUp();
    await put(at('full/mine'), 'x');
    await expect(restoreTo('full')).rejects.toThrow(/not empty/);
    expect(await readdir(at('full'))).toEqual(['mine']);
    await (await openStore(`sqlite:${at('other.db')}`)).close();
    await expect(restoreTo('new', at('b.tar.gz'), `sqlite:${at('other.db')}`)).rejects.toThrow(
      /exists already/,
    );
    await restoreTo('new');
    await store.close();
  });

  test('restore() refuses an archive with a byte changed, a missing end, or another format, and leaves nothing', async () => {
    const { store } = await makePlatform();
    await backUp({ out: at('b.tar') });
    const whole = await readFile(at('b.tar'));
    const place = whole.indexOf(SOURCE);
    const changed = Buffer.from(whole);
    changed[place] = 0x21;
    const cases: [Buffer, RegExp][] = [
      [changed, /damaged: sources\/.* is not what was backed up/],
      [whole.subarray(0, place + 700), /damaged/],
      [whole.subarray(0, whole.indexOf('manifest.json')), /damaged: its end is missing|damaged/],
      [
        Buffer.from(whole.toString('latin1').replace('{"format":1', '{"format":9'), 'latin1'),
        /newer Plat \(format 9/,
      ],
      [Buffer.from('no archive at all, but long enough to be one. '.repeat(50)), /not a backup of Plat/],
      [Buffer.alloc(0), /not a backup of Plat/],
    ];
    for (const [content, problem] of cases) {
      await writeFile(at('bad.tar'), content);
      await expect(restoreTo('new', at('bad.tar'))).rejects.toThrow(problem);
      expect(await readdir(folder)).not.toContain('new');
    }
    await expect(restoreTo('new', at('none.tar'))).rejects.toThrow(/cannot be read/);
    await store.close();
  });

  test('restore() refuses what was made by a newer schema', async () => {
    const { store } = await makePlatform();
    await backUp({ out: at('b.tar') });
    const text = (await readFile(at('b.tar')))
      .toString('latin1')
      .replace('"migrations":["0001-', '"migrations":["9001-');
    await writeFile(at('bad.tar'), Buffer.from(text, 'latin1'));
    await expect(restoreTo('new', at('bad.tar'))).rejects.toThrow(/newer Plat/);
    expect(await readdir(folder)).not.toContain('new');
    await store.close();
  });

  test('restore() writes nothing outside of its folders, whatever names an archive has', async () => {
    const names = [
      '../evil',
      '/etc/evil',
      'sources/../../evil',
      `sources/${HEX}/../evil`,
      'build-logs/../../../evil.ndjson',
      'build-logs/f1/..',
      'database/../evil.ndjson',
      'plat.db',
    ];
    for (const name of names) {
      await writeFile(at('bad.tar'), await archiveWith({ name }, 'evil'));
      await expect(restoreTo('new', at('bad.tar'))).rejects.toThrow(/does not belong into a backup/);
    }
    const link = { name: `sources/${HEX}`, type: 'symlink' as const, linkname: '/etc/passwd' };
    await writeFile(at('bad.tar'), await archiveWith(link));
    await expect(restoreTo('new', at('bad.tar'))).rejects.toThrow(/does not belong into a backup/);
    expect(await readdir(folder)).toEqual(['bad.tar']);
  });

  test('the name of the archive says whether it is compressed', async () => {
    const { store } = await makePlatform();
    await backUp({ out: at('b.tgz') });
    await backUp({ out: at('b.tar') });
    expect(gunzipSync(await readFile(at('b.tgz'))).length).toBeGreaterThan(1000);
    await restoreTo('one', at('b.tgz'));
    await restoreTo('two', at('b.tar'));
    await store.close();
  });
});

const bin = await findPostgres();
test.skipIf(!bin)(
  'a backup of SQLite can be restored into PostgreSQL, and one of that into SQLite',
  { timeout: 60_000 },
  async () => {
    const cluster = await PostgresCluster.start(bin!);
    try {
      const { store } = await makePlatform();
      await backUp();
      const url = await cluster.createDatabase();
      await restoreTo('new', at('b.tar.gz'), url);
      const inPostgres = await openStore(url);
      expect(await inPostgres.getVersion(HELLO, 1)).toEqual(await store.getVersion(HELLO, 1));
      await backup({
        out: at('c.tar'),
        databaseUrl: url,
        folders: dataFolders({ dataDir: at('new') }),
        settings: [],
      });
      await inPostgres.close();
      await expect(restoreTo('third', at('b.tar.gz'), url)).rejects.toThrow(/not empty/);
      await restoreTo('third', at('c.tar'));
      const back = await openStore(sqlite('third'));
      expect(await back.changesSince(0)).toEqual(await store.changesSince(0));
      await back.close();
      await store.close();
    } finally {
      await cluster.dispose();
    }
  },
);

/** A backup's first entry, and one more. */
async function archiveWith(
  header: { name: string; type?: 'symlink'; linkname?: string },
  content?: string,
): Promise<Buffer> {
  const tar = pack();
  tar.entry(
    { name: 'plat-backup.json' },
    JSON.stringify({ format: 1, createdAt: '2026-01-02T03:04:05.678Z' }),
  );
  if (content === undefined) tar.entry(header);
  else tar.entry(header, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
