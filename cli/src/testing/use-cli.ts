import { afterEach, beforeEach } from 'vitest';
import { startFakeGateway, type FakeGateway } from './fake-gateway.ts';
import { createTestHost, type RunOptions, type RunResult } from './test-host.ts';

type TestHost = ReturnType<typeof createTestHost>;

export type Cli = {
  gateway: Pick<FakeGateway, 'url' | 'received' | 'on' | 'close'>;
  host: Pick<TestHost, 'cwd' | 'configFolder' | 'run'>;
  /** Runs `plat`, which asks the gateway unless told otherwise. */
  plat: (argv: string[], options?: RunOptions) => Promise<RunResult>;
};

/** For every test of the file, or of the `describe` around, a gateway and a folder of its own: before other `beforeEach`. */
export function useCli(): Cli {
  let gateway: FakeGateway;
  let host: TestHost;
  beforeEach(async () => {
    gateway = await startFakeGateway();
    host = createTestHost();
  });
  afterEach(async () => {
    host.remove();
    await gateway.close();
  });
  // What is handed out stays the same, so that it can be taken apart: what is behind it is each test's own.
  return {
    gateway: {
      get url() {
        return gateway.url;
      },
      get received() {
        return gateway.received;
      },
      on: (route, reply) => gateway.on(route, reply),
      close: () => gateway.close(),
    },
    host: {
      get cwd() {
        return host.cwd;
      },
      get configFolder() {
        return host.configFolder;
      },
      run: (argv, options) => host.run(argv, options),
    },
    plat: (argv, options = {}) => host.run(argv, { apiUrl: gateway.url, ...options }),
  };
}
