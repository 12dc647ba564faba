import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { words } from '../words.js';

/** Where one is among the steps. */
export function Steps({ current }: { current: number }): ReactNode {
  return (
    <ol className="plain-list row steps" aria-label={words.newJob.stepsLabel}>
      {words.newJob.steps.map((step, index) => (
        <li key={step} className="row step" aria-current={index === current ? 'step' : undefined}>
          <span className={index < current ? 'step-mark step-done' : 'step-mark'}>
            {index < current ? <IconCheck size={14} aria-hidden /> : index + 1}
          </span>
          <span className="step-name">{step}</span>
        </li>
      ))}
    </ol>
  );
}
