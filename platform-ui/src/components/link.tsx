import MuiLink, { type LinkProps } from '@mui/material/Link';
import { Link as RouterLink } from 'react-router';

/** A link inside of the dashboard. */
export function Link({ to, ...props }: { to: string } & Omit<LinkProps, 'href' | 'component'>) {
  return <MuiLink component={RouterLink} to={to} {...props} />;
}
