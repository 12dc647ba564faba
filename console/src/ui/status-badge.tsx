import type { ReactNode } from 'react';
import type { Look } from '../statuses.js';
import './ui.css';

/** A state as a word with its icon. */
export function StatusBadge({ look, isSoft = false }: { look: Look; isSoft?: boolean }): ReactNode {
  const { word, icon: Icon, tone } = look;
  return (
    <span className={`badge ${tone} ${isSoft ? `badge-soft ${tone}-soft` : ''}`}>
      <Icon size={16} aria-hidden className={tone === 'running' ? 'spin' : undefined} />
      {word}
    </span>
  );
}
