import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { BodyText } from '../../../components/body-text.tsx';
import Box from '@mui/material/Box';
import { Facts } from '../../../components/facts.tsx';
import { Panel } from '../../../components/panel.tsx';
import { StateMark } from '../../../components/state-mark.tsx';
import type { ReactNode } from 'react';

/** What was answered, and who did. `body` is null when it is no text, or when there is none to show. */
export function AnswerPanel(props: {
  status: number;
  /** The part of the platform that answered; null for the function. */
  from: string | null;
  took: ReactNode;
  contentType: string;
  bodyBytes: number;
  isCut?: boolean;
  body: string | null;
}) {
  const { status, from, contentType, body } = props;
  const size = `${formatBytes(props.bodyBytes)}${contentType && `, ${contentType}`}${props.isCut ? ', cut' : ''}`;
  return (
    <Panel
      title="Answer"
      isFlush
      actions={
        <StateMark tone={status < 400 ? 'good' : from === null ? 'warning' : 'bad'} label={String(status)} />
      }
    >
      <Box sx={{ p: 2 }}>
        <Facts
          facts={[
            ['Came from', from === null ? 'the function' : `the platform (${from})`],
            ['Took', props.took],
            ['Body', size],
          ]}
        />
      </Box>
      {body !== null && body !== '' && (
        <Box sx={{ borderTop: 1, borderColor: 'divider' }}>
          <BodyText text={body} contentType={contentType} label="Body" />
        </Box>
      )}
    </Panel>
  );
}
