import { textOf, type SourceFile } from './source-files.ts';

/** Files as a draft takes them: text as it is, the rest in base64. */
export function draftFiles(files: readonly SourceFile[]): Record<string, string | { base64: string }> {
  return Object.fromEntries(files.map((file) => [file.path, textOf(file) ?? { base64: base64(file.bytes) }]));
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
