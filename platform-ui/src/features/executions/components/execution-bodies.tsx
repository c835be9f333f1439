import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ExecutionDetail } from '@plat/platform-kit/api/executions-api.ts';
import type { KeptBody } from '@plat/platform-kit/execution.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { BodyText } from '../../../components/body-text.tsx';
import { Panel } from '../../../components/panel.tsx';

const OMITTED: Record<NonNullable<KeptBody['omitted']>, string> = {
  content_type: 'It is not text, and was not kept.',
  encoding: 'It was compressed, and was not kept.',
};

/** What was sent and answered, as far as it was kept. */
export function ExecutionBodies({ execution }: { execution: ExecutionDetail }) {
  const { bodies, hasBodies } = execution;
  if (bodies === null) {
    return (
      <Panel title="Payloads">
        <Typography color="textSecondary">
          {hasBodies ? (
            'They were kept, but your role may not see them.'
          ) : (
            <>
              Not kept. <code>keepBodies: errors</code> or <code>all</code> in <code>plat.yaml</code> keeps those
              of later calls.
            </>
          )}
        </Typography>
      </Panel>
    );
  }
  return (
    <>
      <Body title="Request" body={bodies.request} />
      <Body title="Response" body={bodies.response} />
    </>
  );
} // prettier-ignore

function Body({ title, body }: { title: string; body: KeptBody | null }) {
  const notes = body
    ? [
        body.contentType || 'no content type',
        formatBytes(body.bytes),
        ...(body.isCut ? ['cut'] : []),
        ...(body.isRedacted ? ['secrets struck out'] : []),
      ]
    : [];
  return (
    <Panel
      title={title}
      isFlush
      actions={
        <Typography variant="caption" color="textSecondary">
          {notes.join(' · ')}
        </Typography>
      }
    >
      {body?.text ? (
        <BodyText text={body.text} contentType={body.contentType} label={title} />
      ) : (
        <Box sx={{ p: 2, color: 'text.secondary' }}>
          {body?.omitted ? OMITTED[body.omitted] : 'It was empty.'}
        </Box>
      )}
    </Panel>
  );
}
