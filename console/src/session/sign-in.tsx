import { Button, PasswordInput } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { words } from '../words.js';
import { Logo } from '../shell/logo.js';
import './sign-in.css';

export interface SignInProps {
  /** Whether a key was tried and the server does not know it. */
  readonly wasRefused: boolean;
  readonly onKey: (key: string) => void;
}

/** Asks for the key. It is never part of an address. */
export function SignIn({ wasRefused, onKey }: SignInProps): ReactNode {
  const [key, setKey] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (key.trim() !== '') onKey(key.trim());
  };
  return (
    <main className="sign-in">
      <form className="card sign-in-card" onSubmit={submit}>
        <Logo />
        <h1>{words.signIn.title}</h1>
        <p className="second">{words.signIn.text}</p>
        <PasswordInput
          label={words.signIn.key}
          autoComplete="current-password"
          autoFocus
          error={wasRefused ? words.signIn.refused : undefined}
          leftSection={<IconKey size={16} />}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': words.signIn.show, tabIndex: 0 }}
        />
        <Button type="submit" fullWidth>
          {words.signIn.submit}
        </Button>
        <p className="third">{words.signIn.kept}</p>
      </form>
    </main>
  );
}
