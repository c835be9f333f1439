import { defineConfig } from 'vitest/config';

/**
 * What must have the machine to itself: it restarts the engine, measures how soon something happens, or drives Chromium,
 * which breaks its connections off whenever a container adds an interface to the machine.
 */
const ALONE = ['e2e/faults.test.ts', 'e2e/rollouts-churn.test.ts', 'e2e/ui*.test.ts'];

/** How long `expect.poll` looks again: the usual second is too short where two files share each core. */
const expect = { poll: { timeout: 10_000 } };

const e2e = {
  expect,
  globalSetup: ['./e2e/src/global-setup.ts'],
  setupFiles: ['./e2e/src/show-output.ts'],
  // What is shown of a platform when a test fails; by itself it says only what went wrong.
  env: { LOG_LEVEL: 'info' },
  testTimeout: 180_000,
  hookTimeout: 300_000,
};

/**
 * `unit`: no engine, no network beyond loopback. `engine`: real containers; `scripts/test.mjs` says by name what it
 * could not run. `e2e`: whole platforms, two files at a time; `e2e-alone`: those of them that bear no company.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['*/src/**/*.test.ts', 'runtimes/*/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [
            'platform-ui/**',
            '**/node_modules/**',
            '**/*.engine.test.ts',
            'runtimes/conformance/**',
            'runtimes/*/template/**',
          ],
          expect,
          testTimeout: 15_000,
          // Vitest leaves a core free; these mostly wait for timers and sockets.
          maxWorkers: '100%',
        },
      },
      {
        extends: './platform-ui/vite.config.ts',
        test: {
          name: 'dashboard',
          root: './platform-ui',
          environment: 'happy-dom',
          include: ['src/**/*.test.{ts,tsx}', 'build/**/*.test.ts'],
          setupFiles: ['./src/testing/setup.ts'],
          expect,
          testTimeout: 15_000,
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'engine',
          include: ['*/src/**/*.engine.test.ts', 'runtimes/conformance/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          expect,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...e2e,
          name: 'e2e',
          include: ['e2e/*.test.ts'],
          exclude: ALONE,
          maxWorkers: 2,
        },
      },
      {
        test: { ...e2e, name: 'e2e-alone', include: ALONE, fileParallelism: false },
      },
    ],
  },
});
