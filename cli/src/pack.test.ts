import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromBuffer, type Entry } from 'yauzl';
import { listSource, packFolder } from './pack.ts';

let folder: string;
let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'plat-pack-test-'));
  folder = path.join(root, 'source');
  mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, text = '') => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};
const names = async () => (await listSource(folder)).map((entry) => entry.name);
const signal = new AbortController().signal;

describe('listSource()', () => {
  it('leaves out what never belongs into an archive, and sorts the rest', async () => {
    for (const name of ['z.mjs', 'a/b.mjs', 'plat.yaml', '.platignore', '.env', '.env.local', '.git/HEAD', 'node_modules/x/i.js', 'a/node_modules/y.js', '__pycache__/m.pyc', '.venv/bin/python', '.DS_Store', 'dist/out.js', 'a/plat.yaml']) write(name); // prettier-ignore
    expect(await names()).toEqual(['a/b.mjs', 'a/plat.yaml', 'dist/out.js', 'z.mjs']);
  });

  it('reads .platignore in the syntax of .gitignore, which may take defaults back in', async () => {
    write('.platignore', '# notes\n*.log\n!keep.log\n/build/\ndocs/**/*.md\n!.env\n!node_modules\n');
    for (const name of ['a.log', 'keep.log', 'build/x', 'src/build/x', 'docs/a/b.md', 'docs/a.txt', '.env', 'node_modules/x.js']) write(name); // prettier-ignore
    expect(await names()).toEqual(['.env', 'docs/a.txt', 'keep.log', 'node_modules/x.js', 'src/build/x']);
  });

  it('keeps links inside the folder as links', async () => {
    write('lib/real.mjs', 'x');
    symlinkSync('lib/real.mjs', path.join(folder, 'link.mjs'));
    symlinkSync('../lib', path.join(folder, 'lib/self'));
    expect(await listSource(folder)).toContainEqual({ name: 'link.mjs', mode: 0o777, link: 'lib/real.mjs' });
    expect(await names()).toEqual(['lib/real.mjs', 'lib/self', 'link.mjs']);
  });

  it('refuses links that leave the folder, point nowhere, or are absolute', async () => {
    writeFileSync(path.join(root, 'outside'), 'secret');
    write('in.txt');
    for (const target of ['../outside', path.join(folder, 'in.txt'), '/etc/hostname', 'missing']) {
      const link = path.join(folder, 'link');
      symlinkSync(target, link);
      await expect(listSource(folder)).rejects.toThrow(
        /link is a link to .*(outside of the folder|does not exist)/,
      );
      rmSync(link);
    }
    symlinkSync('../outside', path.join(folder, 'link'));
    write('.platignore', 'link\n');
    expect(await names()).toEqual(['in.txt']);
  });
});

describe('packFolder()', () => {
  const pack = async (name: string) => {
    const file = path.join(root, name);
    const packed = await packFolder(folder, file, signal);
    return { ...packed, archive: readFileSync(file) };
  };

  it('makes the same archive of the same files, whenever they were written', async () => {
    write('index.mjs', 'export const handler = 1;');
    write('run.sh', '#!/bin/sh\n');
    chmodSync(path.join(folder, 'run.sh'), 0o700);
    symlinkSync('index.mjs', path.join(folder, 'main.mjs'));
    const first = await pack('one.zip');
    utimesSync(path.join(folder, 'index.mjs'), 1e9, 1e9);
    rmSync(path.join(folder, 'main.mjs'));
    symlinkSync('index.mjs', path.join(folder, 'main.mjs'));
    const second = await pack('two.zip');
    expect(second.archive.equals(first.archive)).toBe(true);
    expect(first).toMatchObject({ entries: 3, bytes: first.archive.length });
    expect(await entriesOf(first.archive)).toEqual([
      { name: 'index.mjs', mode: 0o100644, text: 'export const handler = 1;' },
      { name: 'main.mjs', mode: 0o120777, text: 'index.mjs' },
      { name: 'run.sh', mode: 0o100755, text: '#!/bin/sh\n' },
    ]);
  });

  it('refuses an empty folder and what is no folder', async () => {
    await expect(pack('x.zip')).rejects.toThrow('nothing to deploy');
    write('file');
    await expect(packFolder(path.join(folder, 'file'), path.join(root, 'x.zip'), signal)).rejects.toThrow(
      'not a folder',
    );
  });
});

async function entriesOf(archive: Buffer): Promise<{ name: string; mode: number; text: string }[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(archive, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      const found: { name: string; mode: number; text: string }[] = [];
      zip.on('entry', (entry: Entry) => {
        zip.openReadStream(entry, (failure, stream) => {
          if (failure) return reject(failure);
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('end', () => {
            const mode = entry.externalFileAttributes >>> 16;
            found.push({ name: entry.fileName, mode, text: Buffer.concat(chunks).toString('utf8') });
            zip.readEntry();
          });
        });
      });
      zip.on('end', () => resolve(found));
      zip.readEntry();
    });
  });
}
