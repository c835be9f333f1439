import Box from '@mui/material/Box';
import { CopyButton } from './copy-button.tsx';

/** A payload as text; JSON is laid out. */
export function BodyText(props: { text: string; contentType: string; label: string }) {
  const text = laidOut(props.text, props.contentType);
  return (
    <Box sx={{ position: 'relative' }}>
      <Box
        component="pre"
        tabIndex={0}
        aria-label={props.label}
        sx={{ m: 0, p: 2, pr: 6, maxHeight: 420, overflow: 'auto', fontSize: 12.5, lineHeight: 1.6 }}
      >
        {text}
      </Box>
      <Box sx={{ position: 'absolute', top: 8, right: 12 }}>
        <CopyButton text={text} label={`Copy: ${props.label.toLowerCase()}`} />
      </Box>
    </Box>
  );
}

function laidOut(text: string, contentType: string): string {
  if (!/[/+]json\b/.test(contentType)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
