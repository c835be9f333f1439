import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import IconButton from '@mui/material/IconButton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { mdiDeleteOutline, mdiFileOutline, mdiPlus } from '@mdi/js';
import { Icon } from '../components/icon.tsx';
import { textFile, textOf, type SourceFile } from '../archive/source-files.ts';
import { Editor } from './editor.tsx';

/** The files of a source, and the one that is open. Files that are no text are kept as they are. */
export function SourceEditor(props: {
  files: readonly SourceFile[];
  open: string;
  onOpen: (path: string) => void;
  /** Without it nothing can be changed. */
  onChange?: (files: SourceFile[]) => void;
  onRun?: () => void;
  changed?: ReadonlySet<string>;
}) {
  const { files, onChange, onOpen } = props;
  const file = files.find(({ path }) => path === props.open) ?? files[0];
  const text = file && textOf(file);
  const remove = (path: string) => onChange?.(files.filter((other) => other.path !== path));
  const edit = (path: string, next: string) =>
    onChange?.(
      files.map((other) =>
        other.path === path ? { ...other, bytes: new TextEncoder().encode(next) } : other,
      ),
    );
  return (
    <Box
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: '220px minmax(0, 1fr)' },
        border: 1,
        borderColor: 'divider',
        borderRadius: '10px',
        overflow: 'hidden',
        bgcolor: 'background.paper',
      }}
    >
      <Box
        sx={{
          borderRight: { sm: 1 },
          borderBottom: { xs: 1, sm: 0 },
          borderColor: { xs: 'divider', sm: 'divider' },
          display: 'flex',
          flexDirection: 'column',
        }}
      >
        <Box
          component="ul"
          aria-label="Files"
          sx={{
            listStyle: 'none',
            m: 0,
            p: 0.75,
            flex: 1,
            overflowY: 'auto',
            maxHeight: { xs: 150, sm: 'none' },
          }}
        >
          {files.map(({ path }) => (
            <Box component="li" key={path} sx={{ display: 'flex' }}>
              <ButtonBase
                onClick={() => onOpen(path)}
                aria-current={path === file?.path ? 'true' : undefined}
                sx={{
                  flex: 1,
                  minWidth: 0,
                  justifyContent: 'flex-start',
                  gap: 0.75,
                  px: 1,
                  minHeight: 30,
                  borderRadius: '6px',
                  fontSize: 13,
                  fontFamily: 'inherit',
                  textAlign: 'left',
                  '&:hover': { bgcolor: 'action.hover' },
                  '&[aria-current]': { bgcolor: 'action.selected' },
                }}
              >
                <Icon path={mdiFileOutline} sx={{ fontSize: 15, color: 'text.secondary' }} />
                <Box
                  component="span"
                  sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}
                >
                  {path}
                  {props.changed?.has(path) && ' •'}
                </Box>
              </ButtonBase>
              {onChange && files.length > 1 && path === file?.path && (
                <IconButton
                  aria-label={`Remove ${path}`}
                  onClick={() => remove(path)}
                  sx={{ color: 'text.secondary' }}
                >
                  <Icon path={mdiDeleteOutline} sx={{ fontSize: 15 }} />
                </IconButton>
              )}
            </Box>
          ))}
        </Box>
        {onChange && (
          <NewFile
            taken={files.map(({ path }) => path)}
            onAdd={(path) => {
              onChange([...files, textFile(path, '')]);
              onOpen(path);
            }}
          />
        )}
      </Box>
      <Box sx={{ height: { xs: 380, md: 520 }, minWidth: 0 }}>
        {file === undefined ? (
          <Typography color="textSecondary" sx={{ p: 2 }}>
            There are no files.
          </Typography>
        ) : text === null ? (
          <Typography color="textSecondary" sx={{ p: 2 }}>
            {file.path} is no text. It is kept as it is.
          </Typography>
        ) : (
          <Editor
            path={file.path}
            text={text ?? ''}
            label={`Content of ${file.path}`}
            isReadOnly={onChange === undefined}
            onChange={(next) => edit(file.path, next)}
            {...(props.onRun ? { onRun: props.onRun } : {})}
          />
        )}
      </Box>
    </Box>
  );
}

function NewFile({ taken, onAdd }: { taken: readonly string[]; onAdd: (path: string) => void }) {
  const [path, setPath] = useState<string | null>(null);
  if (path === null) {
    return (
      <Box sx={{ p: 0.75, borderTop: 1, borderColor: 'divider' }}>
        <Button color="inherit" startIcon={<Icon path={mdiPlus} />} onClick={() => setPath('')}>
          New file
        </Button>
      </Box>
    );
  }
  const isWrong =
    path !== '' &&
    (taken.includes(path) || !/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[^\\]+[^/\\]$|^[^/\\]$/.test(path));
  return (
    <Box
      component="form"
      sx={{ p: 1, borderTop: 1, borderColor: 'divider' }}
      onSubmit={(event) => {
        event.preventDefault();
        if (path === '' || isWrong) return;
        onAdd(path);
        setPath(null);
      }}
    >
      <TextField
        autoFocus
        fullWidth
        label="Path of the new file"
        value={path}
        error={isWrong}
        helperText={isWrong ? 'It is there already, or no path inside the source.' : 'Enter adds it.'}
        onChange={(event) => setPath(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && setPath(null)}
      />
    </Box>
  );
}
