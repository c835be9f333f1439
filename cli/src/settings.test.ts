import { describe, expect, it } from 'vitest';
import { checkUrl, isLoopback, resolveSettings } from './settings.ts';

const NOTHING = {
  flags: {},
  projectFile: { name: undefined, project: undefined },
  environment: {
    apiUrl: undefined,
    token: undefined,
    project: undefined,
    isColorOff: false,
    configFolder: '',
  },
  userConfig: { currentContext: 'default', contexts: {} },
};
const CONTEXTS = {
  currentContext: 'work',
  contexts: {
    work: { url: 'https://work.test', token: 'work-token', project: 'work-project' },
    home: { url: 'http://localhost:9000', project: 'home-project' },
  },
};
const ENVIRONMENT = {
  ...NOTHING.environment,
  apiUrl: 'http://env.test',
  token: 'env-token',
  project: 'env-project',
};

describe('resolveSettings()', () => {
  it('falls back to this machine, the default project and the development token', () => {
    expect(resolveSettings(NOTHING)).toEqual({
      url: 'http://localhost:8080',
      token: 'dev-token',
      project: 'default',
      contextName: 'default',
    });
  });

  it('takes flag, plat.yaml, environment, context and default in this order for the project', () => {
    const all = {
      flags: { project: 'flag' },
      projectFile: { name: undefined, project: 'file' },
      environment: ENVIRONMENT,
      userConfig: CONTEXTS,
    };
    expect(resolveSettings(all).project).toBe('flag');
    expect(resolveSettings({ ...all, flags: {} }).project).toBe('file');
    expect(resolveSettings({ ...all, flags: {}, projectFile: NOTHING.projectFile }).project).toBe(
      'env-project',
    );
    expect(resolveSettings({ ...NOTHING, userConfig: CONTEXTS }).project).toBe('work-project');
  });

  it('takes flag, environment and context in this order for address and token', () => {
    expect(resolveSettings({ ...NOTHING, userConfig: CONTEXTS })).toMatchObject({ url: 'https://work.test', token: 'work-token' }); // prettier-ignore
    const both = { ...NOTHING, userConfig: CONTEXTS, environment: ENVIRONMENT };
    expect(resolveSettings(both)).toMatchObject({ url: 'http://env.test', token: 'env-token' });
    const flags = { apiUrl: 'http://flag.test', token: 'flag-token' };
    expect(resolveSettings({ ...both, flags })).toMatchObject({
      url: 'http://flag.test',
      token: 'flag-token',
    });
  });

  it('puts a context that is named by flag above the environment', () => {
    const named = { ...NOTHING, userConfig: CONTEXTS, environment: ENVIRONMENT, flags: { context: 'work' } };
    expect(resolveSettings(named)).toMatchObject({ url: 'https://work.test', token: 'work-token' });
    expect(() => resolveSettings({ ...named, flags: { context: 'other' } })).toThrow('no context "other"');
  });

  it('never sends the token of one address to another', () => {
    const environment = { ...NOTHING.environment, apiUrl: 'https://elsewhere.test' };
    expect(resolveSettings({ ...NOTHING, userConfig: CONTEXTS, environment }).token).toBeUndefined();
  });

  it('gives the development token to this machine only', () => {
    const at = (apiUrl: string) => resolveSettings({ ...NOTHING, flags: { apiUrl } }).token;
    expect(at('http://127.0.0.1:8080')).toBe('dev-token');
    expect(at('http://[::1]:8080')).toBe('dev-token');
    expect(at('http://localhost.evil.test')).toBeUndefined();
    expect(at('http://127.0.0.1.evil.test')).toBeUndefined();
    expect(at('http://10.0.0.1')).toBeUndefined();
  });
});

describe('checkUrl()', () => {
  it('takes addresses of gateways and refuses everything else', () => {
    expect(checkUrl('http://localhost:8080/')).toBe('http://localhost:8080');
    expect(checkUrl('https://host.test/plat/')).toBe('https://host.test/plat');
    for (const wrong of ['localhost:8080', 'ftp://host', 'http://user:pass@host', 'http://host?x=1', '']) {
      expect(() => checkUrl(wrong)).toThrow('not the address');
    }
  });
});

describe('isLoopback()', () => {
  it('knows hosts below localhost', () => {
    expect(isLoopback('http://plat.localhost')).toBe(true);
    expect(isLoopback('http://notlocalhost')).toBe(false);
  });
});
