import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { keyNames, useShortcut, useShortcutList } from '../components/shortcuts.tsx';

/** `?`: what the keys do on this page. */
export function HelpDialog() {
  const list = useShortcutList();
  const [shown, setShown] = useState<{ keys: string; does: string }[] | null>(null);
  useShortcut('?', 'Show these keys', () => setShown(list()));
  const close = () => setShown(null);
  return (
    <Dialog open={shown !== null} onClose={close} fullWidth maxWidth="xs" aria-labelledby="help-title">
      <DialogTitle id="help-title" variant="h2">
        Keys on this page
      </DialogTitle>
      <DialogContent>
        <Box component="dl" sx={{ m: 0, display: 'grid', gap: 1 }}>
          {shown?.map(({ keys, does }) => (
            <Box key={keys} sx={{ display: 'flex', justifyContent: 'space-between', gap: 2 }}>
              <Typography component="dt">{does}</Typography>
              <Box component="dd" sx={{ m: 0, display: 'flex', gap: 0.5 }}>
                {keyNames(keys).map((name) => (
                  <Box
                    component="kbd"
                    key={name}
                    sx={{
                      border: 1,
                      borderColor: 'divider',
                      borderRadius: 1,
                      px: 0.75,
                      bgcolor: 'action.hover',
                      fontSize: 12,
                    }}
                  >
                    {name}
                  </Box>
                ))}
              </Box>
            </Box>
          ))}
        </Box>
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button color="inherit" onClick={close}>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
