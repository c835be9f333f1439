import Button, { type ButtonProps } from '@mui/material/Button';
import { Link as RouterLink } from 'react-router';

/** A link that looks like a button. */
export function ButtonLink({ to, ...props }: { to: string } & Omit<ButtonProps, 'href'>) {
  return <Button component={RouterLink} to={to} {...props} />;
}
