import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconClock, IconKey, IconLogout, IconMoon, IconPlus, IconStack2, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link, NavLink, Outlet } from 'react-router';
import type { Scope } from 'shelfline-client';
import { useSession } from '../session/session.js';
import { formatZone } from '../ui/formats.js';
import { words } from '../words.js';
import { Logo } from './logo.js';
import './shell.css';

interface Place {
  readonly to: string;
  readonly label: string;
  readonly icon: typeof IconStack2;
  /** What the key needs. */
  readonly scope: Scope;
}

const PLACES: readonly Place[] = [{ to: '/jobs', label: words.nav.jobs, icon: IconStack2, scope: 'read' }];

/** The frame of all pages: a bar at the side, or tabs at the bottom of a phone. */
export function Shell(): ReactNode {
  const { can } = useSession();
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        {words.nav.skip}
      </a>
      <nav className="side" aria-label={words.nav.label}>
        <Link className="side-logo" to="/jobs">
          <Logo />
        </Link>
        {can('submit') && (
          <NavLink className="side-new" to="/new" aria-label={words.nav.newJob} title={words.nav.newJob}>
            <IconPlus size={18} aria-hidden />
            <span className="side-label">{words.nav.newJob}</span>
          </NavLink>
        )}
        <ul className="plain-list side-places">
          {PLACES.filter(({ scope }) => can(scope)).map(({ to, label, icon: Icon }) => (
            <li key={to}>
              <NavLink className="side-place" to={to} title={label}>
                <Icon size={18} aria-hidden />
                <span className="side-label">{label}</span>
              </NavLink>
            </li>
          ))}
        </ul>
        <Foot />
      </nav>
      <main id="main" className="main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

/** The time zone of all times, the name of the key, and the theme. */
function Foot(): ReactNode {
  const { me, signOut } = useSession();
  const scheme = useComputedColorScheme('light');
  const { setColorScheme } = useMantineColorScheme();
  const themeLabel = scheme === 'dark' ? words.nav.light : words.nav.dark;
  return (
    <div className="side-foot">
      <p className="third side-fact" title={words.nav.zoneHint}>
        <IconClock size={14} aria-hidden />
        <span className="side-label">{formatZone()}</span>
      </p>
      {me.name !== null && (
        <p className="third side-fact" title={words.nav.keyHint}>
          <IconKey size={14} aria-hidden />
          <span className="side-label cut">{me.name}</span>
        </p>
      )}
      <div className="row side-buttons">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={themeLabel}
          title={themeLabel}
          onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
        >
          {scheme === 'dark' ? <IconSun size={18} /> : <IconMoon size={18} />}
        </ActionIcon>
        {me.name !== null && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={words.nav.signOut}
            title={words.nav.signOut}
            onClick={signOut}
          >
            <IconLogout size={18} />
          </ActionIcon>
        )}
      </div>
    </div>
  );
}
