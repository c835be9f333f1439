import type { Plugin } from 'vite';

/** What every page shows; the rest is fetched when its characters come up. */
const FONTS = /inter-latin-wght-normal.*\.woff2$/;

/** Has the browser fetch the typefaces together with the scripts, so that the first paint has them. */
export function preloadFonts(): Plugin {
  return {
    name: 'plat:preload-fonts',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }) =>
        Object.keys(bundle)
          .filter((name) => FONTS.test(name))
          .map((name) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `/${name}` },
            injectTo: 'head-prepend',
          })),
    },
  };
}
