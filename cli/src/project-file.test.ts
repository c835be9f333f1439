import { describe, expect, it } from 'vitest';
import { CliError } from './cli-error.ts';
import { parseProjectFile } from './project-file.ts';

function problems(text: string): string[] {
  try {
    parseProjectFile(text);
    return [];
  } catch (error) {
    return error instanceof CliError ? [error.message, ...error.lines] : [String(error)];
  }
}

describe('parseProjectFile()', () => {
  it('takes a complete file as it is', () => {
    const text =
      'name: hello\nproject: shop\nruntime: node\nmemory: 1GB\ntimeout: 5\nscale:\n  min: 1\n  idle: 5m\nedge: off\n';
    expect(parseProjectFile(text)).toEqual({
      name: 'hello', project: 'shop', runtime: 'node', memory: '1GB', timeout: 5, scale: { min: 1, idle: '5m' }, edge: 'off',
    }); // prettier-ignore
  });

  it('keeps variables as they are written', () => {
    const { env } = parseProjectFile(
      'name: a\nruntime: node\nenv:\n  V: 1.10\n  P: 0o17\n  B: true\n  T: "x"\n',
    );
    expect(env).toEqual({ V: '1.10', P: '0o17', B: true, T: 'x' });
  });

  it('names everything that is wrong at once, with its line', () => {
    const text = 'name: Hello\nruntime: node\nmemory: lots\nscale:\n  minn: 1\nenv:\n  PORT: 80\nhandlr: x\n';
    expect(problems(text)).toEqual([
      'plat.yaml is not valid.',
      expect.stringContaining('plat.yaml:1: name: a name has only lower-case letters'),
      expect.stringContaining('plat.yaml:3: memory: expected a size'),
      expect.stringContaining('plat.yaml:7: env.PORT'),
      expect.stringContaining('plat.yaml:5: scale.minn: unknown key; did you mean "min"?'),
      expect.stringContaining('plat.yaml:8: handlr: unknown key; did you mean "handler"?'),
    ]);
  });

  it('says where the text is not YAML', () => {
    expect(problems('name: hello\nruntime: [node\n')[0]).toMatch(/^plat\.yaml:\d+:\d+: /);
    expect(problems('name: a\nname: b\n')[0]).toMatch(/^plat\.yaml:2:1: .*unique/);
    expect(problems('# nothing\n')[0]).toContain('is empty');
    expect(problems('- a\n- b\n').join()).toContain('expected an object');
  });
});
