import { useState } from 'react';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { EXAMPLES, readEvents, saveEvent } from './saved-events.ts';

/** Examples and a person's own events, to begin with. */
export function EventPicker(props: { functionId: string; text: string; onPick: (text: string) => void }) {
  const [own, setOwn] = useState(() => readEvents(localStorage, props.functionId));
  const [name, setName] = useState<string | null>(null);
  const events = [...own, ...EXAMPLES.filter((example) => !own.some((event) => event.name === example.name))];
  const close = () => setName(null);
  return (
    <>
      <TextField
        select
        label="Example"
        value=""
        onChange={(event) =>
          props.onPick(events.find((one) => one.name === event.target.value)?.text ?? '{}')
        }
        sx={{ minWidth: 140 }}
      >
        {events.map((event) => (
          <MenuItem key={event.name} value={event.name}>
            {event.name}
          </MenuItem>
        ))}
      </TextField>
      <Button color="inherit" onClick={() => setName('')}>
        Save as …
      </Button>
      {name !== null && (
        <Dialog open onClose={close} fullWidth maxWidth="xs" aria-labelledby="save-event">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (name.trim() === '') return;
              setOwn(saveEvent(localStorage, props.functionId, { name: name.trim(), text: props.text }));
              close();
            }}
          >
            <DialogTitle id="save-event" variant="h2">
              Save the event
            </DialogTitle>
            <DialogContent>
              <TextField
                autoFocus
                fullWidth
                label="Name"
                value={name}
                onChange={(event) => setName(event.target.value)}
                helperText="Kept in this browser."
                sx={{ mt: 1 }}
              />
            </DialogContent>
            <DialogActions sx={{ px: 3, pb: 2 }}>
              <Button color="inherit" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" variant="contained" disabled={name.trim() === ''}>
                Save
              </Button>
            </DialogActions>
          </form>
        </Dialog>
      )}
    </>
  );
}
