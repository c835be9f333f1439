import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { functionView, json } from './testing/fake-gateway.ts';
import { useCli } from './testing/use-cli.ts';

const PLAT = fileURLToPath(new URL('../bin/plat.mjs', import.meta.url));
const SHELL_MS = 60_000;

/** Each prints what the shell makes of the lines in "$LINES_FILE", one a line, with the script in "$SCRIPT". */
const SHELLS = {
  bash: [
    '--norc',
    '-c',
    `source "$SCRIPT"
    while IFS= read -r line; do
      read -ra COMP_WORDS <<<"$line"; COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _plat </dev/null
      echo "\${COMP_WORDS[*]:0:COMP_CWORD} \${COMPREPLY[*]}"
    done <"$LINES_FILE"`,
  ],
  fish: [
    '--no-config',
    '-c',
    `source $SCRIPT
    for line in (cat $LINES_FILE)
      echo (string replace -r '\\S*$' '' -- $line)(string join -- ' ' (complete -C $line))
    end`,
  ],
  // The line editor wants a terminal; it completes as soon as it begins.
  zsh: [
    '-f',
    '-c',
    `zmodload zsh/zpty
    zpty inner zsh -f -i
    zpty -w inner 'source "$SETUP"'
    while zpty -r inner ignored; do :; done
    cat "$OUTPUT"`,
  ],
};

const ZSH_SETUP = `autoload -Uz compinit
compinit -u -D
source "$SCRIPT"
complete-lines() {
  local line
  for line in "\${(@f)$(<"$LINES_FILE")}"; do
    BUFFER=$line CURSOR=$#line
    zle complete-word
    print -r -- "$BUFFER" >>"$OUTPUT"
  done
  exit
}
zle -N zle-line-init complete-lines
`;

describe('plat completion in the shell itself', () => {
  const { gateway, host } = useCli();
  beforeEach(() => {
    gateway.on('GET /api/functions', json({ items: [functionView({ name: 'hello' })], next: null }));
  });

  async function completeIn(shell: keyof typeof SHELLS, lines: string[]): Promise<string[]> {
    const file = (name: string) => path.join(host.cwd, name);
    await mkdir(file('bin'));
    await writeFile(file('bin/plat'), `#!/bin/sh\nexec "${process.execPath}" "${PLAT}" "$@"\n`);
    await chmod(file('bin/plat'), 0o755);
    await writeFile(file('script'), (await host.run(['completion', shell])).out);
    await writeFile(file('lines'), `${lines.join('\n')}\n`);
    await writeFile(file('setup'), ZSH_SETUP);
    const env = {
      PATH: `${file('bin')}:${process.env['PATH']}`, HOME: host.cwd, TERM: 'dumb', LANG: 'C.UTF-8',
      API_URL: gateway.url, XDG_CONFIG_HOME: host.configFolder,
      SCRIPT: file('script'), LINES_FILE: file('lines'), SETUP: file('setup'), OUTPUT: file('output'),
    }; // prettier-ignore
    const { stdout } = await promisify(execFile)(shell, SHELLS[shell], {
      env,
      cwd: host.cwd,
      timeout: SHELL_MS,
      killSignal: 'SIGKILL',
    });
    return stdout.trimEnd().split('\n');
  }

  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const isMissing = spawnSync(shell, ['--version']).error !== undefined;
    it.skipIf(isMissing)(
      `${shell} completes commands, options and names of functions`,
      async () => {
        const lines = ['plat rollb', 'plat deploy --mem', 'plat describe h'];
        expect((await completeIn(shell, lines)).map((line) => line.trim())).toEqual([
          'plat rollback',
          'plat deploy --memory',
          'plat describe hello',
        ]);
      },
      SHELL_MS + 10_000,
    );
  }
});
