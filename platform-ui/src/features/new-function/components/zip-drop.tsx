import { useRef, useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { mdiUploadOutline } from '@mdi/js';
import { readZip, type SourceFile } from '../../../archive/source-files.ts';
import { Icon } from '../../../components/icon.tsx';

/** Takes a zip instead of what is written here: chosen, or dropped on the button. */
export function ZipDrop({ onFiles }: { onFiles: (files: SourceFile[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const read = async (file: File | undefined) => {
    if (!file) return;
    try {
      onFiles(await readZip(new Uint8Array(await file.arrayBuffer())));
      setProblem(null);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <Box
      sx={{ display: 'flex', alignItems: 'center', gap: 1 }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void read(event.dataTransfer.files[0]);
      }}
    >
      {problem !== null && (
        <Typography variant="body2" role="alert" sx={{ color: 'error.main' }}>
          {problem}
        </Typography>
      )}
      <input
        ref={input}
        type="file"
        accept=".zip,application/zip"
        hidden
        aria-label="A zip with the source"
        onChange={(event) => {
          void read(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      <Button
        color="inherit"
        startIcon={<Icon path={mdiUploadOutline} />}
        onClick={() => input.current?.click()}
      >
        Choose or drop a zip
      </Button>
    </Box>
  );
}
