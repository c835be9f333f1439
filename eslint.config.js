import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const SERVICES = [
  'metadata-service',
  'builder',
  'function-controller',
  'function-proxy',
  'api-gateway',
  'engine-gate',
  'cli',
];

/** Services import platform-kit and never each other; only `embedded/` wires them. */
const zones = SERVICES.map((service) => ({
  files: [`${service}/src/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: [
              ...SERVICES.filter((other) => other !== service).flatMap((other) => [
                `@plat/${other}/*`,
                `**/${other}/src/**`,
              ]),
              '@plat/embedded/*',
            ],
            message: 'Services import platform-kit, never each other.',
          },
          ...(service === 'metadata-service'
            ? []
            : [
                {
                  group: ['kysely', 'kysely/*', '@photostructure/sqlite'],
                  message: 'SQL lives only in the metadata service.',
                },
              ]),
        ],
      },
    ],
  },
}));

/**
 * The dashboard: `src/app` → `src/features` → `src/components` → the rest, one way only. Only a feature's `api/` and the
 * app talk to the platform; features share calls, never components.
 */
const TALKS = {
  regex: 'api-client/(api|http|session|read-stream|all-items|query-client)',
  message: 'Only what is in a feature’s api/ talks to the platform.',
  allowTypeImports: true,
};
const NO_APP = { regex: '^[.]+/(.*/)?app/', message: 'Nothing below imports the app.' };
const NO_FEATURES = { regex: '^[.]+/(.*/)?features/', message: 'Only the app and features import features.' };
const OTHERS_COMPONENTS = {
  regex: '^\\.\\./\\.\\./(\\.\\./features/)?[a-z-]+/components/',
  message: 'What two features show belongs into src/components.',
};
const dashboardLayer = (files, patterns) => ({
  files: files.map((pattern) => `platform-ui/src/${pattern}`),
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});
const dashboard = [
  dashboardLayer(
    ['features/*/api/**'],
    [NO_APP, OTHERS_COMPONENTS, { regex: '/components/', message: 'A server call shows nothing.' }],
  ),
  dashboardLayer(['features/*/components/**'], [NO_APP, OTHERS_COMPONENTS, TALKS]),
  dashboardLayer(['components/**'], [NO_APP, NO_FEATURES, TALKS]),
  dashboardLayer(['editor/**'], [NO_APP, NO_FEATURES, TALKS]),
  dashboardLayer(
    ['api-client/**', 'format/**', 'archive/**'],
    [NO_APP, NO_FEATURES, { regex: '/components/', message: 'This layer shows nothing.' }],
  ),
  {
    files: ['platform-ui/src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs['recommended-latest'].rules,
      'no-restricted-globals': ['error', 'process', 'Buffer', 'require', 'global'],
      '@typescript-eslint/only-throw-error': 'error',
    },
  },
];

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      '**/dist-*/',
      '.plat/',
      'runtimes/*/template/',
      'runtimes/*/fixture/',
      'runtimes/*/fixtures/',
      'bench/results/',
      'hello/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config.ts reads the environment.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'No barrel files.' },
        {
          selector:
            'ImportDeclaration[source.value=/^(node:)?child_process$/] ImportSpecifier[imported.name=/^exec(Sync)?$/]',
          message: 'Processes take an argument list, never a shell.',
        },
        {
          selector: "Property[key.name='shell'][value.value=true]",
          message: 'Processes take an argument list, never a shell.',
        },
      ],
    },
  },
  ...zones,
  ...dashboard,
  {
    files: [
      '**/config.ts',
      '**/*.test.ts',
      '**/*.contract.ts',
      'e2e/**',
      'bench/**',
      'scripts/**',
      'runtimes/**',
      'cli/src/environment.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: [
      '**/*.test.{ts,tsx}',
      '**/*.contract.ts',
      'e2e/**/*.ts',
      'runtimes/conformance/**/*.ts',
      'bench/**/*.ts',
    ],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        URLSearchParams: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setImmediate: 'readonly',
        performance: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        Response: 'readonly',
        ReadableStream: 'readonly',
        TextDecoder: 'readonly',
        TextEncoder: 'readonly',
        queueMicrotask: 'readonly',
        fetch: 'readonly',
      },
    },
  },
);
