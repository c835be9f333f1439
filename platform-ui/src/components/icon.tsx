import SvgIcon, { type SvgIconProps } from '@mui/material/SvgIcon';

/** A drawing of `@mdi/js`. It never speaks for itself: what it stands for is in the text or label beside it. */
export function Icon({ path, ...props }: { path: string } & Omit<SvgIconProps, 'children'>) {
  return (
    <SvgIcon fontSize="inherit" {...props} aria-hidden sx={{ fontSize: 18, ...props.sx }}>
      <path d={path} />
    </SvgIcon>
  );
}
