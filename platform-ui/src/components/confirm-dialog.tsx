import { useState, type ReactNode } from 'react';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';

/** Asks before what cannot be undone. With `typed` the person has to write that word first. */
export function ConfirmDialog(props: {
  title: string;
  children: ReactNode;
  action: string;
  typed?: string;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const [text, setText] = useState('');
  const isAllowed = props.typed === undefined || text.trim() === props.typed;
  const confirm = () => {
    if (!isAllowed) return;
    props.onConfirm();
    props.onClose();
  };
  return (
    <Dialog open onClose={props.onClose} fullWidth maxWidth="xs" aria-labelledby="confirm-title">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          confirm();
        }}
      >
        <DialogTitle id="confirm-title" variant="h2" sx={{ pb: 1 }}>
          {props.title}
        </DialogTitle>
        <DialogContent>
          <Typography component="div" variant="body1" color="textSecondary">
            {props.children}
          </Typography>
          {props.typed !== undefined && (
            <TextField
              autoFocus
              fullWidth
              autoComplete="off"
              label={`Type ${props.typed} to confirm`}
              value={text}
              onChange={(event) => setText(event.target.value)}
              sx={{ mt: 2.5 }}
            />
          )}
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2.5 }}>
          <Button color="inherit" onClick={props.onClose} autoFocus={props.typed === undefined}>
            Cancel
          </Button>
          <Button type="submit" color="error" variant="contained" disabled={!isAllowed}>
            {props.action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
