import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '@plat/e2e/platform.ts';
import type { Peer } from './peer.ts';
import { startProcess } from './start-process.ts';

/** nginx with one worker, which does what the platform's way does: HTTP/1.1 on kept connections both ways, no log. */
export async function startNginx(name: string, upstream: string): Promise<Peer> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plat-bench-nginx-'));
  const file = path.join(folder, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  await writeFile(
    file,
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 2048; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; client_max_body_size 0;
  ${temporary.join(' ')}
  proxy_buffering off; proxy_request_buffering off;
  upstream behind { server ${upstream}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Request-Id $request_id;
      proxy_pass http://behind;
    }
  }
}
`,
  );
  return startProcess({ name, file: 'nginx', args: ['-c', file, '-e', `${folder}/error.log`], port });
}

export async function startHaproxy(name: string, upstream: string): Promise<Peer> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plat-bench-haproxy-'));
  const file = path.join(folder, 'haproxy.cfg');
  await writeFile(
    file,
    `global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  http-reuse always
frontend in
  bind 127.0.0.1:${port}
  option forwardfor
  default_backend behind
backend behind
  server one ${upstream}
`,
  );
  return startProcess({ name, file: 'haproxy', args: ['-db', '-f', file], port });
}
