/** Puts text on the clipboard; also on pages that came over plain HTTP from another machine, where browsers hide it. */
export async function copyText(text: string): Promise<void> {
  // Typed as always there; it is missing outside of secure contexts.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard) return clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
