import { expect, test } from 'vitest';
import { readZip, textFile, textOf, writeZip } from './source-files.ts';

test('an archive that is read and written again keeps contents, what may be run, and links', async () => {
  const script = { ...textFile('bin/run.sh', 'echo hi'), attributes: (0o100755 << 16) >>> 0 };
  const link = { ...textFile('link', 'bin/run.sh'), attributes: (0o120777 << 16) >>> 0 };
  const picture = {
    path: 'a.png',
    bytes: new Uint8Array([137, 80, 0, 255]),
    attributes: (0o100644 << 16) >>> 0,
  };
  const files = await readZip(await writeZip([script, link, picture]));
  expect(files).toEqual([picture, script, link]);
  expect(textOf(files[1]!)).toBe('echo hi');
  expect(textOf(files[0]!)).toBeNull();
});

test('the same files make the same archive', async () => {
  const [a, b] = [textFile('a', '1'), textFile('b', '2')];
  expect(await writeZip([a, b])).toEqual(await writeZip([b, a]));
});

test('what is no zip is told as such', async () => {
  await expect(readZip(new Uint8Array([1, 2, 3]))).rejects.toThrow('This is not a zip archive');
});
