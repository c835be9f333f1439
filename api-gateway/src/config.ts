import { LogLevel, ServiceUrl, envInt, loadConfig } from '@plat/platform-kit/config.ts';
import { TRACING_SETTINGS } from '@plat/platform-kit/telemetry/tracing-settings.ts';
import { z } from 'zod';
import { isLoopback } from './client-address.ts';

/** The bootstrap administrator's token where nobody but this machine can use it. */
const DEVELOPMENT_TOKEN = 'dev-token';

const ORIGIN_EXPECTED = 'expected origins such as "https://app.example.com", separated by commas, or "*"';

const Origins = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()).filter(Boolean))
  .refine((origins) => origins.every((origin) => origin === '*' || isOrigin(origin)), ORIGIN_EXPECTED); // prettier-ignore

const Host = z
  .string()
  .regex(/^[A-Za-z0-9.:-]+$/, 'expected an address or a host name, without brackets and without a port');

export const GatewaySettings = z
  .object({
    HOST: Host.default('127.0.0.1').meta({ description: 'Address the gateway listens on. Anything but loopback wants AUTH_TOKEN to be set.' }),
    PUBLISHED_ADDRESS: Host.optional().meta({ description: 'Where the gateway runs in a container: address of the host that its port is published on. It decides instead of HOST whether other machines can reach the gateway.' }),
    PORT: envInt({ min: 0, max: 65_535 }).default(8080).meta({ description: 'Port the gateway listens on; 0 takes any free one.' }),
    AUTH_TOKEN: z.string().min(8, 'expected at least 8 characters').regex(/^[^\s,]+$/, 'expected no blanks and no commas').default(DEVELOPMENT_TOKEN).meta({ description: 'Token of the bootstrap administrator. `dev-token` is its default on loopback only.', secret: true }),
    DOMAIN: z.string().toLowerCase().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'expected a domain such as "platform.test"').default('platform.test').meta({ description: 'Functions have the hosts `<project>-<name>.<DOMAIN>`.' }),
    PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'expected an URL such as "https://plat.example.com"' }).transform((url) => url.replace(/\/+$/, '')).optional().meta({ description: 'What URLs in answers start with; `http://localhost:<PORT>` otherwise. The dashboard is at this host, `localhost`, `DOMAIN` and addresses, and at no other name.' }),
    METADATA_URL: ServiceUrl.default('http://127.0.0.1:7071').meta({ description: 'The metadata service.' }),
    BUILDER_URL: ServiceUrl.default('http://127.0.0.1:7072').meta({ description: 'The builder.' }),
    CONTROLLER_URL: ServiceUrl.default('http://127.0.0.1:7073').meta({ description: 'The function-controller.' }),
    PROXY_URL: ServiceUrl.default('http://127.0.0.1:7074').meta({ description: 'The function-proxy: `http://host:port`, or `unix:/path.sock` on the same host, as under Compose.' }),
    PROXY_HOLD_SECONDS: envInt({ min: 0, max: 300 }).default(20).meta({ description: 'How long calls wait for a function-proxy that takes no connections, as while it restarts, before they are refused with 503.' }),
    DRAIN_DELAY_SECONDS: envInt({ min: 0, max: 15 }).default(0).meta({ description: 'How long the gateway goes on as before when it is told to end, but for `/readyz`, which says 503 at once: so that a balancer, which goes by it, sends to another gateway first. Longer than it takes the balancer to notice.' }),
    INTERNAL_TOKEN: z.string().min(16, 'expected at least 16 characters').meta({ description: 'Secret that the services show each other.', secret: true }),
    BODY_LIMIT_BYTES: envInt({ min: 1, max: 1024 ** 4 }).default(10 * 1024 ** 2).meta({ description: 'Largest body of a call to a function.' }),
    SOURCE_LIMIT_BYTES: envInt({ min: 1, max: 1024 ** 4 }).default(100 * 1024 ** 2).meta({ description: 'Largest archive of a deploy.' }),
    RATE_LIMIT_PER_SECOND: envInt({ min: 0, max: 10_000_000 }).default(1000).meta({ description: 'Requests a token may make in a second; 0 is no limit.' }),
    RATE_LIMIT_BURST: envInt({ min: 0, max: 10_000_000 }).default(1000).meta({ description: 'Requests above RATE_LIMIT_PER_SECOND that a token may make within ten seconds.' }),
    AUTH_FAILURES_PER_MINUTE: envInt({ min: 1, max: 1_000_000 }).default(30).meta({ description: 'Different wrong tokens that one address may try in a minute.' }),
    CORS_ORIGINS: Origins.default([]).meta({ description: 'Origins whose pages may call the API and functions from a browser; none by default, `*` for all.' }),
    TRUST_PROXY: envInt({ min: 0, max: 10 }).default(0).meta({ description: 'How many reverse proxies stand before the gateway, whose `X-Forwarded-For` is believed.' }),
    UI_DIR: z.string().optional().meta({ description: 'Folder of the built dashboard; without one there is none. The images and `npm start` bring theirs.' }),
    ...TRACING_SETTINGS,
    LOG_LEVEL: LogLevel.default('info').meta({ description: 'Least level of log lines.' }),
  })
  .superRefine((settings, context) => {
    const [name, address] =
      settings.PUBLISHED_ADDRESS === undefined
        ? ['HOST', settings.HOST]
        : ['PUBLISHED_ADDRESS', settings.PUBLISHED_ADDRESS];
    if (isLoopback(address) || settings.AUTH_TOKEN !== DEVELOPMENT_TOKEN) return;
    context.addIssue({
      code: 'custom',
      path: ['AUTH_TOKEN'],
      message: `other machines can reach the gateway at ${name}=${address}, and "${DEVELOPMENT_TOKEN}" is known to everybody; set AUTH_TOKEN to a secret of your own with at least 8 characters (such as the output of: openssl rand -hex 32), or leave ${name} at 127.0.0.1`,
    });
  }); // prettier-ignore
export type GatewayConfig = z.output<typeof GatewaySettings>;

export function readConfig(env: NodeJS.ProcessEnv = process.env): GatewayConfig {
  return loadConfig(GatewaySettings, env, { service: 'the api-gateway' });
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
