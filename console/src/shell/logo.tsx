import type { ReactNode } from 'react';

/** The sign and the name of the product. */
export function Logo(): ReactNode {
  return (
    <span className="logo">
      <img src="/favicon.svg" alt="" width="22" height="22" />
      <span className="logo-name">Shelfline</span>
    </span>
  );
}
