import { useEffect, useRef } from 'react';
import Box from '@mui/material/Box';
import { languageOf } from './language-of.ts';
import { prepareMonaco, type Monaco } from './monaco.ts';

type Editor = ReturnType<Monaco['editor']['create']>;

const OPTIONS = {
  automaticLayout: true,
  minimap: { enabled: false },
  fontSize: 13,
  lineHeight: 20,
  fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
  scrollBeyondLastLine: false,
  padding: { top: 10, bottom: 10 },
  renderLineHighlight: 'none',
  renderFinalNewline: 'on',
  overviewRulerLanes: 0,
  overviewRulerBorder: false,
  hideCursorInOverviewRuler: true,
  fixedOverflowWidgets: true,
  tabSize: 2,
  scrollbar: { alwaysConsumeMouseWheel: false },
} as const;

/** Edits one text. Give it `path` as key: another file is another editor, with its own undo. Loaded lazily, by `editor.tsx`. */
export function CodeEditor(props: {
  path: string;
  text: string;
  label: string;
  isReadOnly?: boolean;
  onChange?: (text: string) => void;
  onRun?: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    const monaco = prepareMonaco();
    const { path, text, label, isReadOnly } = latest.current;
    const made = monaco.editor.create(box.current!, {
      ...OPTIONS,
      value: text,
      language: languageOf(path),
      ariaLabel: `${label}. Press Control M to leave with Tab.`,
      readOnly: isReadOnly ?? false,
    });
    editor.current = made;
    made.onDidChangeModelContent(() => latest.current.onChange?.(made.getValue()));
    made.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, () => latest.current.onRun?.());
    return () => {
      const model = made.getModel();
      made.dispose();
      model?.dispose();
    };
  }, []);
  useEffect(() => {
    if (editor.current && editor.current.getValue() !== props.text) editor.current.setValue(props.text);
  }, [props.text]);
  return <Box ref={box} sx={{ height: '100%', width: '100%' }} />;
}

/** Two texts beside each other, or one below the other where there is no room. */
export function CodeDiff(props: { path: string; before: string; after: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const monaco = prepareMonaco();
    const diff = monaco.editor.createDiffEditor(box.current!, {
      ...OPTIONS,
      readOnly: true,
    });
    const [original, modified] = [props.before, props.after].map((text) =>
      monaco.editor.createModel(text, languageOf(props.path)),
    );
    diff.getOriginalEditor().updateOptions({ ariaLabel: `${props.path} before` });
    diff.getModifiedEditor().updateOptions({ ariaLabel: `${props.path} after` });
    diff.setModel({ original: original!, modified: modified! });
    return () => {
      diff.setModel(null);
      diff.dispose();
      original?.dispose();
      modified?.dispose();
    };
  }, [props.path, props.before, props.after]);
  return <Box ref={box} sx={{ height: '100%', width: '100%' }} />;
}
