import { useState } from 'react';
import TextField from '@mui/material/TextField';

/** Headers as text; lines that are none are left out. */
export function HeadersField(props: {
  value: Record<string, string>;
  onChange: (headers: Record<string, string>) => void;
}) {
  const [text, setText] = useState(Object.entries(props.value).map((pair) => pair.join(': ')).join('\n')); // prettier-ignore
  return (
    <TextField
      label="Headers, one a line"
      multiline
      minRows={2}
      maxRows={6}
      value={text}
      placeholder="content-type: application/json"
      onChange={(event) => {
        setText(event.target.value);
        const pairs = event.target.value.split('\n').flatMap((line) => {
          const match = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(line.trim());
          return match ? [[match[1]!, match[2]!] as const] : [];
        });
        props.onChange(Object.fromEntries(pairs));
      }}
    />
  );
}
