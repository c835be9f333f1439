/** The nonce that the gateway gave this page: without it no style sheet made here takes effect. */
export function pageNonce(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce || undefined;
}
