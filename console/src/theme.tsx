import { IconChevronDown } from '@tabler/icons-react';
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The blue of buttons and links. Shade 7 is the button in light, shade 6 in dark. */
const action: MantineColorsTuple = [
  '#e7ecfb',
  '#cdd8f7',
  '#b0c2f5',
  '#94b4ff',
  '#7499f2',
  '#5580e8',
  '#3b66d6',
  '#1f4eb8',
  '#1a429c',
  '#15357e',
];

export const theme = createTheme({
  colors: { action },
  primaryColor: 'action',
  primaryShade: { light: 7, dark: 6 },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  defaultRadius: 7,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    NativeSelect: { defaultProps: { rightSection: <IconChevronDown size={16} aria-hidden /> } },
    SegmentedControl: { defaultProps: { withItemsBorders: false, transitionDuration: 0 } },
    Modal: { defaultProps: { centered: true, radius: 10, transitionProps: { duration: 0 } } },
    Menu: { defaultProps: { position: 'bottom-end', transitionProps: { duration: 0 } } },
  },
});

/** The variables of the component library by the tokens of the design. */
const TOKENS = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-3)',
  '--mantine-color-placeholder': 'var(--text-3)',
  '--mantine-color-anchor': 'var(--action)',
  '--mantine-color-error': 'var(--failed)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-hover': 'var(--sunken)',
  '--mantine-color-default-border': 'var(--border)',
  '--mantine-color-default-color': 'var(--text)',
};

export const resolveVariables: CSSVariablesResolver = () => ({ variables: {}, light: TOKENS, dark: TOKENS });
