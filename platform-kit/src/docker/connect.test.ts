import { expect, test } from 'vitest';
import { connectDocker } from './connect.ts';

test.each([undefined, 'unix:///run/docker.sock', 'tcp://10.0.0.1:2375', 'http://localhost:2375'])(
  'connectDocker() takes %s',
  (dockerHost) => expect(connectDocker(dockerHost)).toBeTruthy(),
);

test.each([
  'ssh://me@build.example',
  'npipe:////./pipe/docker',
  '/var/run/docker.sock',
  'tcp://',
  'localhost',
])('connectDocker() says what is wrong with %s', (dockerHost) =>
  expect(() => connectDocker(dockerHost)).toThrow(/^DOCKER_HOST is .*; expected unix:/),
);
