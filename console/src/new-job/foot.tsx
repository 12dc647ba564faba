import type { ReactNode } from 'react';

/** The bar at the foot of a step, always in sight. */
export function Foot({ children }: { children: ReactNode }): ReactNode {
  return <div className="row wrap new-job-foot">{children}</div>;
}
