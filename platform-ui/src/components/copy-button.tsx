import { useEffect, useState } from 'react';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import { mdiCheck, mdiContentCopy } from '@mdi/js';
import { copyText } from './copy-text.ts';
import { Icon } from './icon.tsx';

const SHOWN_MS = 1500;

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () => void copyText(text).then(() => setCopied(true));
  return (
    <Tooltip title={isCopied ? 'Copied' : label}>
      <IconButton
        aria-label={label}
        onClick={(event) => {
          event.stopPropagation();
          copy();
        }}
        sx={{ color: isCopied ? 'success.main' : 'text.secondary', p: 0.5 }}
      >
        <Icon path={isCopied ? mdiCheck : mdiContentCopy} sx={{ fontSize: 15 }} />
      </IconButton>
    </Tooltip>
  );
}
