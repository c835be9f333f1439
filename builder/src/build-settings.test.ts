import { describe, expect, it } from 'vitest';
import { buildSettings } from './build-settings.ts';
import { createRedactor } from './redact.ts';

const NONE = { caCertificates: undefined, npmRegistry: undefined, pipIndexUrl: undefined };

describe('buildSettings()', () => {
  it('writes only what is configured', () => {
    expect(buildSettings(NONE)).toEqual({ files: {}, secrets: [] });
    expect(buildSettings({ ...NONE, caCertificates: 'PEM' }).files).toEqual({ 'ca.crt': 'PEM' });
  });

  it('gives npm its credentials beside the address, not in it', () => {
    const { files, secrets } = buildSettings({ ...NONE, npmRegistry: 'https://me:p%40ss@npm.test/repo' });
    const auth = Buffer.from('me:p@ss').toString('base64');
    expect(files.npmrc).toBe(`registry=https://npm.test/repo/\n//npm.test/repo/:_auth=${auth}\n`);
    expect(secrets).toEqual(expect.arrayContaining(['p@ss', 'p%40ss', auth]));
  });

  it('escapes percent signs for pip, and trusts a host without TLS that was named on purpose', () => {
    const { files } = buildSettings({ ...NONE, pipIndexUrl: 'http://me:p%40ss@pypi.test:8080/simple' });
    expect(files['pip.conf']).toBe(
      '[global]\nindex-url = http://me:p%%40ss@pypi.test:8080/simple\ntrusted-host = pypi.test\n',
    );
  });

  it('gives Go its module proxies, and keeps their passwords out of the log', () => {
    const { files, secrets } = buildSettings({ ...NONE, goProxy: 'https://me:p%40ss@go.test,direct' });
    expect(files['go.env']).toBe('GOPROXY=https://me:p%40ss@go.test,direct\n');
    expect(secrets).toEqual(expect.arrayContaining(['p@ss', 'p%40ss']));
  });
});

describe('createRedactor()', () => {
  it('cuts secrets and the user part of addresses', () => {
    const redact = createRedactor(['abc', 'abcdef']);
    expect(redact('x abcdef y abc https://u:p@host/x http://host/@scope/y')).toBe(
      'x *** y *** https://***@host/x http://host/@scope/y',
    );
  });
});
