import { createTheme, type ThemeOptions } from '@mui/material/styles';

/** Every colour, size and typeface of the dashboard. Light and dark follow the system, by media query alone. */
const FONT = "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
export const MONO = "'JetBrains Mono Variable', ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";

/** Apart for eyes that mix up red and green, and 3:1 against what is behind them. */
type ChartColours = Record<
  'answered' | 'function' | 'timeout' | 'platform' | 'client' | 'first' | 'second' | 'third',
  string
>;
declare module '@mui/material/styles' {
  interface Palette {
    chart: ChartColours;
  }
  interface PaletteOptions {
    chart?: ChartColours;
  }
}

const light = {
  primary: { main: '#3b4bdb', dark: '#2c39b3', light: '#6673ea', contrastText: '#ffffff' },
  success: { main: '#0a7a4a', contrastText: '#ffffff' },
  warning: { main: '#8f5a00', contrastText: '#ffffff' },
  error: { main: '#c0262d', dark: '#9c1c23', contrastText: '#ffffff' },
  info: { main: '#1b68ad', contrastText: '#ffffff' },
  text: { primary: '#15171c', secondary: '#585f6d', disabled: '#8b919d' },
  background: { default: '#fafafb', paper: '#ffffff' },
  divider: '#e3e5ea',
  chart: {
    answered: '#3d6fc4',
    function: '#c8480b',
    timeout: '#b07700',
    platform: '#9a3c86',
    client: '#7c828e',
    first: '#2459b8',
    second: '#0b8f6a',
    third: '#c8480b',
  },
};

const dark = {
  primary: { main: '#9aa6ff', dark: '#7c89f0', light: '#bcc4ff', contrastText: '#0b0d17' },
  success: { main: '#4fcf94', contrastText: '#04150d' },
  warning: { main: '#e8b24a', contrastText: '#1a1102' },
  error: { main: '#ff8080', dark: '#f26464', contrastText: '#1d0405' },
  info: { main: '#74b9f4', contrastText: '#031321' },
  text: { primary: '#e7e9ee', secondary: '#9ba2b0', disabled: '#6a7180' },
  background: { default: '#0e1014', paper: '#15181d' },
  divider: '#272b33',
  chart: {
    answered: '#5c93ea',
    function: '#ff8a4c',
    timeout: '#e8bb4a',
    platform: '#dd8fcb',
    client: '#868d9a',
    first: '#74a8ff',
    second: '#3fc79b',
    third: '#ff8a4c',
  },
};

const components: ThemeOptions['components'] = {
  MuiCssBaseline: {
    styleOverrides: {
      body: { fontVariantNumeric: 'tabular-nums', WebkitFontSmoothing: 'antialiased' },
      'code, pre, kbd': { fontFamily: MONO, fontSize: '0.92em', fontVariantLigatures: 'none' },
      '::selection': { background: 'color-mix(in srgb, var(--mui-palette-primary-main) 28%, transparent)' },
      '@media (prefers-reduced-motion: reduce)': {
        '*': { animationDuration: '0.01ms !important', transitionDuration: '0.01ms !important' },
      },
    },
  },
  MuiButtonBase: {
    defaultProps: { disableRipple: true },
    styleOverrides: {
      root: {
        '&.Mui-focusVisible': { outline: '2px solid var(--mui-palette-primary-main)', outlineOffset: 2 },
      },
    },
  },
  MuiToggleButton: {
    styleOverrides: {
      root: {
        textTransform: 'none',
        fontWeight: 550,
        fontSize: 13,
        minHeight: 32,
        paddingBlock: 0,
        paddingInline: 12,
      },
    },
  },
  MuiButton: {
    defaultProps: { size: 'small', disableElevation: true },
    styleOverrides: {
      root: {
        textTransform: 'none',
        fontWeight: 550,
        minHeight: 32,
        paddingInline: 12,
        '&.MuiButton-outlined.MuiButton-colorInherit': {
          borderColor: 'var(--mui-palette-divider)',
          backgroundColor: 'var(--mui-palette-background-paper)',
          '&:hover': { backgroundColor: 'var(--mui-palette-action-hover)' },
        },
      },
    },
  },
  MuiIconButton: { defaultProps: { size: 'small' }, styleOverrides: { root: { borderRadius: 8 } } },
  MuiPaper: {
    defaultProps: { elevation: 0 },
    styleOverrides: {
      root: { backgroundImage: 'none' },
      outlined: { borderColor: 'var(--mui-palette-divider)', borderRadius: 10 },
    },
  },
  MuiTextField: { defaultProps: { size: 'small' } },
  MuiSelect: { defaultProps: { size: 'small' } },
  MuiOutlinedInput: {
    styleOverrides: {
      root: {
        backgroundColor: 'var(--mui-palette-background-paper)',
        '&:not(.Mui-focused):not(.Mui-error):not(:hover) fieldset': {
          borderColor: 'var(--mui-palette-divider)',
        },
      },
      input: { fontSize: 14 },
    },
  },
  MuiTab: {
    styleOverrides: {
      root: {
        textTransform: 'none',
        minHeight: 42,
        minWidth: 0,
        padding: '0 2px',
        marginRight: 22,
        fontWeight: 500,
      },
    },
  },
  MuiTabs: { styleOverrides: { root: { minHeight: 42 }, indicator: { height: 2 } } },
  MuiTableCell: {
    styleOverrides: {
      root: { borderColor: 'var(--mui-palette-divider)', padding: '9px 14px', fontSize: 13.5 },
      head: { color: 'var(--mui-palette-text-secondary)', fontSize: 12.5, fontWeight: 500, lineHeight: 1.5 },
    },
  },
  MuiTooltip: {
    defaultProps: { enterDelay: 350 },
    styleOverrides: { tooltip: { fontSize: 12, fontWeight: 450, maxWidth: 380 } },
  },
  MuiChip: {
    defaultProps: { size: 'small' },
    styleOverrides: { root: { borderRadius: 6, fontWeight: 500 } },
  },
  MuiDialog: {
    styleOverrides: { paper: { borderRadius: 12, border: '1px solid var(--mui-palette-divider)' } },
  },
  MuiMenu: {
    styleOverrides: {
      paper: {
        border: '1px solid var(--mui-palette-divider)',
        boxShadow: '0 8px 28px rgb(0 0 0 / 0.16)',
        marginTop: 4,
      },
    },
  },
  MuiMenuItem: { styleOverrides: { root: { fontSize: 14, minHeight: 34 } } },
  MuiAlert: {
    styleOverrides: {
      root: { borderRadius: 10, alignItems: 'center' },
      outlined: { color: 'var(--mui-palette-text-primary)' },
    },
  },
  MuiLink: { defaultProps: { underline: 'hover' } },
  MuiSkeleton: { defaultProps: { animation: 'wave' } },
};

export const theme = createTheme({
  cssVariables: true,
  colorSchemes: { light: { palette: light }, dark: { palette: dark } },
  shape: { borderRadius: 8 },
  typography: {
    fontFamily: FONT,
    htmlFontSize: 16,
    h1: { fontSize: 22, fontWeight: 640, letterSpacing: '-0.018em', lineHeight: 1.3 },
    h2: { fontSize: 15, fontWeight: 620, letterSpacing: '-0.006em', lineHeight: 1.4 },
    h3: { fontSize: 14, fontWeight: 600, lineHeight: 1.4 },
    body1: { fontSize: 14, lineHeight: 1.55 },
    body2: { fontSize: 13, lineHeight: 1.5 },
    caption: { fontSize: 12, lineHeight: 1.45 },
    button: { fontSize: 13.5 },
  },
  components,
});
