import type { ReactNode } from 'react';
import './ui.css';

export interface NoticeProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  /** What to do next. */
  readonly action?: ReactNode;
}

/** Stands where there is nothing to show: why, and what to do next. */
export function Notice({ icon, title, children, action }: NoticeProps): ReactNode {
  return (
    <div className="notice">
      {icon}
      <h2>{title}</h2>
      {children !== undefined && <p className="second">{children}</p>}
      {action}
    </div>
  );
}
