import type { ReactNode } from 'react';
import Box from '@mui/material/Box';
import MuiLink from '@mui/material/Link';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { CommandLine } from '../../../components/command-line.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Facts } from '../../../components/facts.tsx';
import { Panel } from '../../../components/panel.tsx';

/** Where the function is called. */
export function EndpointPanel({ view }: { view: FunctionView }) {
  const facts: [string, ReactNode][] = [
    ['With a token', <Address key="url" text={view.url} label="Copy the address with a token" />],
    [
      'Its own host',
      view.hostUrl === null ? (
        'none: edge is off, a token is always needed'
      ) : (
        <Address key="host" text={view.hostUrl} href={view.hostUrl} label="Copy its own address" />
      ),
    ],
  ];
  if (view.domains.length > 0) facts.push(['Domains', view.domains.join(', ')]);
  return (
    <Panel title="Call it">
      <Facts facts={facts} />
      <Box sx={{ mt: 1.5 }}>
        <CommandLine text={`curl -H "Authorization: Bearer $PLAT_TOKEN" ${view.url}`} />
      </Box>
    </Panel>
  );
}

function Address({ text, href, label }: { text: string; href?: string; label: string }) {
  return (
    <Box
      component="span"
      sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5, minWidth: 0, maxWidth: '100%' }}
    >
      {href === undefined ? (
        <code style={{ overflowWrap: 'anywhere' }}>{text}</code>
      ) : (
        <MuiLink href={href} target="_blank" rel="noreferrer" sx={{ overflowWrap: 'anywhere' }}>
          <code>{text}</code>
        </MuiLink>
      )}
      <CopyButton text={text} label={label} />
    </Box>
  );
}
