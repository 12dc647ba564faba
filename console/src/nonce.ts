/** The nonce that the policy of this page allows styles with. A browser shows it as a property only, not as an attribute. */
export function getNonce(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]');
  return meta?.nonce ?? '';
}

// The library that locks the scrolling of the page behind a dialog reads it there.
Reflect.set(globalThis, '__webpack_nonce__', getNonce());
