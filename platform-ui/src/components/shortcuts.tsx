import { createContext, use, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

type Shortcut = { keys: string; does: string; run: (event: KeyboardEvent) => void };
type Registry = { add: (shortcut: Shortcut) => () => void; list: () => Shortcut[] };

const ShortcutContext = createContext<Registry | null>(null);

const IS_MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** `mod+enter` → `Ctrl Enter`, or `⌘ Enter` on a Mac. */
export function keyNames(keys: string): string[] {
  const names: Record<string, string> = { mod: IS_MAC ? '⌘' : 'Ctrl', enter: 'Enter', escape: 'Esc' };
  return keys.split('+').map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

/** Keys that are listened to on the whole page; the last one to come takes a key. Single letters rest while somebody types. */
export function ShortcutProvider({ children }: { children: ReactNode }) {
  const [shortcuts] = useState<Shortcut[]>([]);
  const registry = useMemo<Registry>(
    () => ({
      add: (shortcut) => {
        shortcuts.push(shortcut);
        return () => void shortcuts.splice(shortcuts.indexOf(shortcut), 1);
      },
      list: () => [...shortcuts],
    }),
    [shortcuts],
  );
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const keys = keysOf(event);
      const isPlain = !keys.startsWith('mod+') && keys !== 'escape';
      if (isPlain && (isTyping(event.target) || hasDialog())) return;
      const shortcut = shortcuts.findLast((candidate) => candidate.keys === keys);
      if (!shortcut) return;
      event.preventDefault();
      shortcut.run(event);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [shortcuts]);
  return <ShortcutContext value={registry}>{children}</ShortcutContext>;
}

/** Takes `keys` (`mod+k`, `/`, `j`) while the component is there and `isOn`. */
export function useShortcut(
  keys: string,
  does: string,
  run: (event: KeyboardEvent) => void,
  isOn = true,
): void {
  const registry = use(ShortcutContext);
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!isOn) return;
    return registry?.add({ keys, does, run: (event) => latest.current(event) });
  }, [registry, keys, does, isOn]);
}

/** What can be typed on this page right now. */
export function useShortcutList(): () => { keys: string; does: string }[] {
  const registry = use(ShortcutContext);
  return () => {
    const byKeys = new Map(registry?.list().map((shortcut) => [shortcut.keys, shortcut]));
    return [...byKeys.values()];
  };
}

function keysOf(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  return event.ctrlKey || event.metaKey ? `mod+${key}` : event.altKey ? `alt+${key}` : key;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}

function hasDialog(): boolean {
  return document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null;
}
