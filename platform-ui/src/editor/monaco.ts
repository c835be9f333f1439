import * as monaco from 'monaco-editor/editor/editor.api';
// Its parts ask for each other's services without importing them: fewer than all fail here and there.
import 'monaco-editor/features/register.all';
import 'monaco-editor/languages/definitions/dockerfile/register';
import 'monaco-editor/languages/definitions/go/register';
import 'monaco-editor/languages/definitions/html/register';
import 'monaco-editor/languages/definitions/ini/register';
import 'monaco-editor/languages/definitions/javascript/register';
import 'monaco-editor/languages/definitions/markdown/register';
import 'monaco-editor/languages/definitions/python/register';
import 'monaco-editor/languages/definitions/shell/register';
import 'monaco-editor/languages/definitions/typescript/register';
import 'monaco-editor/languages/definitions/yaml/register';
import 'monaco-editor/languages/features/json/register';
import { javascriptDefaults, typescriptDefaults } from 'monaco-editor/languages/features/typescript/register';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import JsonWorker from 'monaco-editor/languages/features/json/json.worker?worker';
import TypeScriptWorker from 'monaco-editor/languages/features/typescript/ts.worker?worker';
import { pageNonce } from '../components/page-nonce.ts';
import { HANDLER_NAMES } from './handler-names.ts';

export type Monaco = typeof monaco;

let prepared = false;

/** The editor's library, set up once for this page. */
export function prepareMonaco(): Monaco {
  if (prepared) return monaco;
  prepared = true;
  passNonceOn();
  globalThis.MonacoEnvironment = {
    getWorker: (_id, label) => {
      if (label === 'json') return new JsonWorker();
      return label === 'javascript' || label === 'typescript' ? new TypeScriptWorker() : new EditorWorker();
    },
  };
  for (const defaults of [javascriptDefaults, typescriptDefaults]) {
    // What is installed beside the code is not known here, so that only its grammar is judged.
    defaults.setDiagnosticsOptions({ noSemanticValidation: true, noSyntaxValidation: false });
    defaults.setCompilerOptions({
      target: 99,
      module: 99,
      moduleResolution: 2,
      allowJs: true,
      allowNonTsExtensions: true,
    });
  }
  for (const language of ['javascript', 'typescript', 'python']) suggestHandlerNames(language);
  defineThemes();
  return monaco;
}

/** The editor makes style sheets; the page's policy takes only those with its nonce. */
function passNonceOn(): void {
  const nonce = pageNonce();
  if (nonce === undefined) return;
  const create = document.createElement.bind(document);
  document.createElement = (tag: string, options?: ElementCreationOptions) => {
    const element = create(tag, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
}

/** What an event and a context have, behind `event.` and `context.`. */
function suggestHandlerNames(language: string): void {
  monaco.languages.registerCompletionItemProvider(language, {
    triggerCharacters: ['.', "'", '"'],
    provideCompletionItems: (model, position) => {
      const line = model.getLineContent(position.lineNumber).slice(0, position.column - 1);
      const match = /\b(event|context|requestContext|http)(?:\??\.|\[["']|\.get\(["'])\w*$/.exec(line);
      const names = match ? HANDLER_NAMES[match[1] as keyof typeof HANDLER_NAMES] : [];
      const word = model.getWordUntilPosition(position);
      const range = {
        startLineNumber: position.lineNumber,
        endLineNumber: position.lineNumber,
        startColumn: word.startColumn,
        endColumn: word.endColumn,
      };
      return {
        suggestions: names.map(([label, type, documentation]) => ({
          label,
          detail: type,
          documentation,
          kind: monaco.languages.CompletionItemKind.Property,
          insertText: label,
          sortText: `0${label}`,
          range,
        })),
      };
    },
  });
}

/** Colours that stay readable on the page's backgrounds, and on those of a difference. */
const THEMES = [
  {
    name: 'plat-light',
    base: 'vs',
    background: '#ffffff',
    tokens: {
      comment: '3d6a31',
      type: '0a5a66',
      'type.identifier': '0a5a66',
      number: '075a3e',
      string: '9c1414',
      keyword: '1f35c4',
    },
    added: '#0a7a4a',
    removed: '#c0262d',
  },
  {
    name: 'plat-dark',
    base: 'vs-dark',
    background: '#15181d',
    tokens: {
      comment: '93b584',
      type: '6fd8c2',
      'type.identifier': '6fd8c2',
      number: 'bddbae',
      string: 'e0a58c',
      keyword: '84bdf0',
    },
    added: '#4fcf94',
    removed: '#ff8080',
  },
] as const;

function defineThemes(): void {
  for (const { name, base, background, tokens, added, removed } of THEMES) {
    monaco.editor.defineTheme(name, {
      base,
      inherit: true,
      rules: Object.entries(tokens).map(([token, foreground]) => ({ token, foreground })),
      colors: {
        'editor.background': background,
        'diffEditor.insertedLineBackground': `${added}14`,
        'diffEditor.insertedTextBackground': `${added}1f`,
        'diffEditor.removedLineBackground': `${removed}14`,
        'diffEditor.removedTextBackground': `${removed}1f`,
      },
    });
  }
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => monaco.editor.setTheme(dark.matches ? 'plat-dark' : 'plat-light');
  dark.addEventListener('change', apply);
  apply();
}
