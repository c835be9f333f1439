import { createBrowserRouter, type RouteObject } from 'react-router';
import { NotFoundPage } from './not-found-page.tsx';
import { RouteFailure } from './route-failure.tsx';
import { Shell } from './shell.tsx';

/** Every page, each with its code in a file of its own. */
const PAGES: RouteObject[] = [
  {
    index: true,
    lazy: async () => ({
      Component: (await import('../features/overview/components/overview-page.tsx')).OverviewPage,
    }),
  },
  {
    path: 'functions',
    lazy: async () => ({
      Component: (await import('../features/functions/components/functions-page.tsx')).FunctionsPage,
    }),
  },
  {
    path: 'new',
    lazy: async () => ({
      Component: (await import('../features/new-function/components/new-function-page.tsx')).NewFunctionPage,
    }),
  },
  {
    path: 'functions/:project/:name',
    lazy: async () => ({
      Component: (await import('../features/functions/components/function-page.tsx')).FunctionPage,
    }),
    children: [
      {
        index: true,
        lazy: async () => ({
          Component: (await import('../features/functions/components/function-overview.tsx'))
            .FunctionOverview,
        }),
      },
      {
        path: 'code',
        lazy: async () => ({
          Component: (await import('../features/source/components/code-tab.tsx')).CodeTab,
        }),
      },
      {
        path: 'test',
        lazy: async () => ({
          Component: (await import('../features/try-out/components/test-tab.tsx')).TestTab,
        }),
      },
      {
        path: 'configuration',
        lazy: async () => ({
          Component: (await import('../features/configuration/components/configuration-tab.tsx'))
            .ConfigurationTab,
        }),
      },
      {
        path: 'versions',
        lazy: async () => ({
          Component: (await import('../features/versions/components/versions-tab.tsx')).VersionsTab,
        }),
      },
      {
        path: 'executions',
        lazy: async () => ({
          Component: (await import('../features/executions/components/executions-tab.tsx')).ExecutionsTab,
        }),
      },
      {
        path: 'logs',
        lazy: async () => ({
          Component: (await import('../features/logs/components/logs-tab.tsx')).LogsTab,
        }),
      },
      {
        path: 'versions/:number',
        lazy: async () => ({
          Component: (await import('../features/versions/components/version-page.tsx')).VersionPage,
        }),
      },
    ],
  },
  {
    path: 'executions',
    lazy: async () => ({
      Component: (await import('../features/executions/components/executions-page.tsx')).ExecutionsPage,
    }),
  },
  {
    path: 'executions/:id',
    lazy: async () => ({
      Component: (await import('../features/executions/components/execution-page.tsx')).ExecutionPage,
    }),
  },
  {
    path: 'builds',
    lazy: async () => ({
      Component: (await import('../features/builds/components/builds-page.tsx')).BuildsPage,
    }),
  },
  {
    path: 'instances',
    lazy: async () => ({
      Component: (await import('../features/instances/components/instances-page.tsx')).InstancesPage,
    }),
  },
  {
    path: 'runtimes',
    lazy: async () => ({
      Component: (await import('../features/runtimes/components/runtimes-page.tsx')).RuntimesPage,
    }),
  },
  {
    path: 'system',
    lazy: async () => ({
      Component: (await import('../features/system/components/system-page.tsx')).SystemPage,
    }),
  },
  { path: '*', element: <NotFoundPage /> },
];

export function createRouter() {
  return createBrowserRouter([
    {
      element: <Shell />,
      errorElement: <RouteFailure />,
      HydrateFallback: () => null,
      children: [{ errorElement: <RouteFailure />, children: PAGES }],
    },
  ]);
}
