import { useState, type FormEvent } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { RequestError } from '../../../api-client/request-error.ts';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Logo } from '../../../components/logo.tsx';
import { usePageTitle } from '../../../components/page-header.tsx';
import { useSession } from '../api/use-session.ts';
import { useSignIn } from '../api/use-sign-in.ts';

/** Takes the place of every page while nobody is signed in; the address stays, so that signing in leads back to it. */
export function SignInPage() {
  const { endedBecause } = useSession();
  const signIn = useSignIn();
  const [token, setToken] = useState('');
  usePageTitle('Sign in');
  const isWrong = signIn.error instanceof RequestError && signIn.error.code === 'unauthenticated';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== '') signIn.mutate(token.trim());
  };
  return (
    <Box
      component="main"
      sx={{
        minHeight: '100dvh',
        display: 'grid',
        placeItems: 'center',
        p: 2,
        gridTemplateColumns: 'minmax(0, 400px)',
        justifyContent: 'center',
      }}
    >
      <Box sx={{ width: '100%', pb: { xs: 4, sm: 12 } }}>
        <Logo size={40} />
        <Typography variant="h1" sx={{ mt: 3, fontSize: 26 }}>
          Sign in to Plat
        </Typography>
        <Typography color="textSecondary" sx={{ mt: 0.75, mb: 3 }}>
          With a token of the platform. <code>npm start</code> prints the first one.
        </Typography>
        {endedBecause !== null && (
          <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
            The session has ended: {endedBecause}
          </Alert>
        )}
        <Box component="form" onSubmit={submit} sx={{ display: 'grid', gap: 1.5 }}>
          <TextField
            label="Token"
            type="password"
            size="medium"
            autoComplete="current-password"
            autoFocus
            value={token}
            onChange={(event) => setToken(event.target.value)}
            error={isWrong}
            helperText={isWrong ? 'The platform does not know this token.' : ' '}
            slotProps={{ htmlInput: { name: 'token', spellCheck: false } }}
          />
          <Button
            type="submit"
            variant="contained"
            size="large"
            loading={signIn.isPending}
            sx={{ minHeight: 44 }}
          >
            Sign in
          </Button>
        </Box>
        {signIn.error && !isWrong && (
          <Box sx={{ mt: 2 }}>
            <ErrorPanel error={signIn.error} />
          </Box>
        )}
        <Typography variant="body2" color="textSecondary" sx={{ mt: 3 }}>
          Kept in this tab until you sign out or close it. Make one for somebody else with{' '}
          <code>plat token create</code>.
        </Typography>
      </Box>
    </Box>
  );
}
