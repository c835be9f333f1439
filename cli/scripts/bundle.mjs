import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles the program with all it uses into `dist/` of `target`: `plat.mjs`, and chunks that a command loads only when it needs
 * them. CommonJS dependencies call `require` for Node's own modules; the banner gives them one.
 */
export async function bundle(target = root) {
  const dist = path.join(target, 'dist');
  await rm(dist, { recursive: true, force: true });
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: root,
    entryPoints: { plat: `${root}src/main.ts` },
    outdir: dist,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as platCreateRequire } from 'node:module'; const require = platCreateRequire(import.meta.url);",
    },
  });
  await writeFile(path.join(dist, 'LICENSES.txt'), await licenses(Object.keys(metafile.inputs)));
}

/** The licences of everything that went into the bundle: they ask to travel with it. */
async function licenses(inputs) {
  const folders = new Set(
    inputs.map((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.resolve(root, input))?.[1]),
  );
  const texts = [];
  for (const folder of [...folders].filter(Boolean).sort()) {
    const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(path.join(folder, file), 'utf8') : '';
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${'-'.repeat(72)}\n\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
