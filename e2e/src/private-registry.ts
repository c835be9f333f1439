import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { docker } from './engine.ts';
import { freePort } from './platform.ts';
import { runProcess } from './run-process.ts';

/** bcrypt of PASSWORD, as htpasswd makes it. */
const HTPASSWD = 'plat:$2b$05$abcdefghijklmnopqrstuu2hevRqRo2GnEPz2MwhtUXXlQ5kA9dJu\n';
const ANSWER_MS = 20_000;

/**
 * A registry with htpasswd and TLS by a certificate authority of its own, on the address of the engine's bridge: neither
 * the engine nor the platform treat that as loopback, so both check the certificate.
 */
export class PrivateRegistry {
  static readonly username = 'plat';
  static readonly password = 'letmein-please';
  readonly host: string;
  readonly caFile: string;
  readonly #name: string;
  readonly #trust: string;

  private constructor(name: string, host: string, folder: string) {
    this.#name = name;
    this.host = host;
    this.caFile = path.join(folder, 'ca.crt');
    this.#trust = `/etc/docker/certs.d/${host}`;
  }

  static async start(name: string, folder: string): Promise<PrivateRegistry> {
    const bridge = (await docker.getNetwork('bridge').inspect()) as { IPAM: { Config: { Gateway: string }[] } };
    const address = bridge.IPAM.Config[0]!.Gateway;
    const port = await freePort();
    const registry = new PrivateRegistry(name, `${address}:${port}`, folder);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'htpasswd'), HTPASSWD);
    await makeCertificate(folder, address);
    const container = await docker.createContainer({
      name,
      Image: 'registry:2',
      Env: [
        'REGISTRY_AUTH_HTPASSWD_REALM=test', 'REGISTRY_AUTH_HTPASSWD_PATH=/tls/htpasswd',
        'REGISTRY_HTTP_TLS_CERTIFICATE=/tls/server.crt', 'REGISTRY_HTTP_TLS_KEY=/tls/server.key',
        'REGISTRY_STORAGE_DELETE_ENABLED=true',
      ],
      HostConfig: {
        Binds: [`${folder}:/tls:ro`],
        PortBindings: { '5000/tcp': [{ HostIp: address, HostPort: String(port) }] },
      },
    });
    await container.start();
    return registry;
  } // prettier-ignore

  /** What the operator does on the engine's host; the engine reads it with the next push. */
  async trustByEngine(): Promise<void> {
    await mkdir(this.#trust, { recursive: true });
    await runOk('cp', this.caFile, path.join(this.#trust, 'ca.crt'));
  }

  async remove(): Promise<void> {
    await docker
      .getContainer(this.#name)
      .remove({ force: true, v: true })
      .catch(() => undefined);
    await rm(this.#trust, { recursive: true, force: true });
  }
}

async function makeCertificate(folder: string, address: string): Promise<void> {
  const at = (name: string) => path.join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  await runOk('openssl', 'req', '-x509', ...key, '-subj', '/CN=Test CA', '-keyout', at('ca.key'), '-out', at('ca.crt'));
  await runOk('openssl', 'req', '-x509', ...key, '-subj', '/CN=registry', '-addext', `subjectAltName=IP:${address}`,
    '-addext', 'basicConstraints=critical,CA:FALSE', '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-keyout', at('server.key'), '-out', at('server.crt'));
} // prettier-ignore

async function runOk(file: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await runProcess(file, args, { timeoutMs: ANSWER_MS });
  if (code !== 0) throw new Error(`${file} exited with ${code}: ${stderr}`);
}
