import type { RequestOptions } from 'node:http';

/** A path of another service (`http://host:port` or `unix:/path.sock`) as `http.request` takes it. */
export function serviceTarget(serviceUrl: string, path: string): RequestOptions {
  if (serviceUrl.startsWith('unix:')) return { socketPath: serviceUrl.slice(5), path };
  const { protocol, hostname, port } = new URL(serviceUrl);
  return { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port: port || 80, path };
}
