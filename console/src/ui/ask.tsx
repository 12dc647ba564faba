import { Button, Group, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { words } from '../words.js';
import './overlays.css';

export interface AskProps {
  readonly isOpen: boolean;
  readonly title: string;
  readonly text: string;
  /** Names what will happen. */
  readonly action: string;
  readonly isBusy?: boolean;
  readonly error?: Error | null;
  readonly onAction: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone. The safe answer has the focus. */
export function Ask({
  isOpen,
  title,
  text,
  action,
  isBusy = false,
  error,
  onAction,
  onClose,
}: AskProps): ReactNode {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={<span className="strong">{title}</span>}
      closeButtonProps={{ 'aria-label': words.ask.close }}
    >
      <p>{text}</p>
      {error !== undefined && error !== null && (
        <p className="failed" role="alert">
          {error.message}
        </p>
      )}
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose} data-autofocus>
          {words.ask.back}
        </Button>
        <Button color="red.8" onClick={onAction} loading={isBusy}>
          {action}
        </Button>
      </Group>
    </Modal>
  );
}
