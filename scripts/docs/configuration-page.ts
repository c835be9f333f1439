import { GatewaySettings } from '@plat/api-gateway/config.ts';
import { BuilderSettings } from '@plat/builder/config.ts';
import { EmbeddedSettings } from '@plat/embedded/config.ts';
import { GateSettings } from '@plat/engine-gate/config.ts';
import { ControllerSettings } from '@plat/function-controller/config.ts';
import { ProxySettings } from '@plat/function-proxy/config.ts';
import { MetadataSettings } from '@plat/metadata-service/config.ts';
import type { z } from 'zod';

const PREAMBLE = `# Configuration

Every setting is an environment variable. A service reads its settings once, at its start, and says everything that is
wrong with them at once. An unknown name that starts with \`PLAT_\` is an error. This page is generated from the schemas
(\`npm run docs\`).

\`npm start\` runs every service in one process: it takes the settings of all of them, except the addresses and the
internal token, which it makes itself. With \`docker compose up\`, [compose.md](compose.md) says which of them are set how.
A setting marked "Secret" may stand in a file: \`AUTH_TOKEN_FILE=/run/secrets/auth-token\` instead of \`AUTH_TOKEN=…\`. The command line has settings of its own: see [cli.md](cli.md).
`;

export function configurationPage(): string {
  const sections: [string, z.ZodObject][] = [
    ['The embedded platform (`npm start`)', EmbeddedSettings],
    ['api-gateway', GatewaySettings],
    ['metadata-service', MetadataSettings],
    ['builder', BuilderSettings],
    ['function-controller', ControllerSettings],
    ['function-proxy', ProxySettings],
    ['engine-gate', GateSettings],
  ];
  return [PREAMBLE, ...sections.map(([title, schema]) => section(title, schema))].join('\n');
}

function section(title: string, schema: z.ZodObject): string {
  const rows = Object.entries(schema.shape).map(([name, setting]) => row(name, setting as z.ZodType));
  return [`## ${title}`, '', '| variable | default | meaning |', '| --- | --- | --- |', ...rows, ''].join(
    '\n',
  );
}

function row(name: string, setting: z.ZodType): string {
  const meta = (setting.meta() ?? {}) as { description?: string; secret?: boolean; default?: string };
  if (!meta.description) throw new Error(`${name} has no description`);
  const description = meta.description.replaceAll('|', '\\|');
  return `| \`${name}\` | ${meta.default ? `\`${meta.default}\`` : defaultOf(setting)} | ${description}${meta.secret ? ' Secret.' : ''} |`;
}

/** What an empty environment gives: a value, nothing (optional), or an error (needed). */
function defaultOf(setting: z.ZodType): string {
  const result = setting.safeParse(undefined);
  if (!result.success) return 'needed';
  const text = Array.isArray(result.data)
    ? result.data.join(',')
    : JSON.stringify(result.data ?? '').replaceAll('"', '');
  return text === '' ? '–' : `\`${text}\``;
}
