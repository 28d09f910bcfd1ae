import {
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type MantineTheme,
  type MantineThemeOverride,
} from '@mantine/core'

/** Application the theme is made for: same tokens, other density. */
export type Application = 'portail' | 'console'

/** Accent ramp around #114B8C (index 8), dark enough for white text and light-variant text (AA). */
const accent: MantineColorsTuple = [
  '#eef4fb', '#e7f0fa', '#c9dcf1', '#a7c6e8', '#7faadb',
  '#5a90cd', '#3c78b8', '#2461a3', '#114b8c', '#0d3d73',
]

const density = {
  console: {
    fontSizes: { xs: '11.5px', sm: '13px', md: '13px', lg: '14px', xl: '17px' },
    heights: { xs: 26, sm: 34, md: 34, lg: 38 },
    radius: '9px',
    size: 'sm',
    weight: 560,
    titles: { h1: '23px', h2: '17px', h3: '14px' },
  },
  portail: {
    fontSizes: { xs: '13px', sm: '15px', md: '16px', lg: '17px', xl: '20px' },
    heights: { xs: 36, sm: 44, md: 52, lg: 56 },
    radius: '15px',
    size: 'md',
    weight: 650,
    titles: { h1: '28px', h2: '20px', h3: '18px' },
  },
} as const

/**
 * The one Mantine theme of eLaska. Colours come from tokens.css; only the sizes differ by application.
 */
export function makeTheme(application: Application): MantineThemeOverride {
  const d = density[application]
  const field = { size: d.size, radius: d.radius }
  return createTheme({
    colors: { accent },
    primaryColor: 'accent',
    primaryShade: { light: 8, dark: 7 },
    fontFamily: 'var(--el-police)',
    fontSizes: d.fontSizes,
    defaultRadius: d.radius,
    cursorType: 'pointer',
    respectReducedMotion: true,
    autoContrast: false,
    headings: {
      fontFamily: 'var(--el-police-titre)',
      fontWeight: application === 'console' ? '640' : '700',
      sizes: {
        h1: { fontSize: d.titles.h1, lineHeight: '1.2' },
        h2: { fontSize: d.titles.h2, lineHeight: '1.3' },
        h3: { fontSize: d.titles.h3, lineHeight: '1.35' },
      },
    },
    components: {
      Button: {
        defaultProps: { size: d.size },
        styles: { label: { fontWeight: d.weight }, root: { fontWeight: d.weight } },
      },
      ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
      TextInput: { defaultProps: field },
      PasswordInput: { defaultProps: field },
      Textarea: {
        defaultProps: { ...field, rows: 3 },
        // Its height follows its text (base.css): Mantine's own `autosize` measures the page for each field.
        styles: (_theme: MantineTheme, { rows }: { rows?: number }) => ({ input: { '--el-lignes': rows } }),
      },
      NumberInput: {
        defaultProps: { ...field, decimalSeparator: ',', thousandSeparator: '\u00a0', hideControls: true },
      },
      Select: { defaultProps: { ...field, checkIconPosition: 'right', comboboxProps: { shadow: 'md' } } },
      MultiSelect: { defaultProps: field },
      TagsInput: { defaultProps: field },
      Checkbox: { defaultProps: { size: d.size, radius: '6px' } },
      Radio: { defaultProps: { size: d.size } },
      Modal: {
        defaultProps: {
          centered: true,
          radius: 'var(--el-rayon-carte)',
          overlayProps: { backgroundOpacity: 0.35 },
          transitionProps: { transition: 'fade', duration: 160 },
          closeButtonProps: { 'aria-label': 'Fermer' },
        },
      },
      Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Fermer' } } },
      Tooltip: { defaultProps: { openDelay: 300, withArrow: false } },
      Menu: { defaultProps: { shadow: 'md', radius: '12px', withInitialFocusPlaceholder: false } },
    },
    other: { application, heights: d.heights },
  })
}

/** Binds Mantine's own variables to our tokens, so its components follow tokens.css in light and dark. */
export const cssVariables: CSSVariablesResolver = (theme: MantineTheme) => {
  const heights = theme.other.heights as Record<string, number>
  const shared = {
    '--mantine-color-body': 'var(--el-carte)',
    '--mantine-color-text': 'var(--el-encre)',
    '--mantine-color-dimmed': 'var(--el-texte-2)',
    '--mantine-color-placeholder': 'var(--el-texte-3)',
    '--mantine-color-default': 'var(--el-carte)',
    '--mantine-color-default-hover': 'var(--el-creux)',
    '--mantine-color-default-color': 'var(--el-encre)',
    '--mantine-color-default-border': 'var(--el-controle)',
    '--mantine-color-error': 'var(--el-ton-probleme-texte)',
    '--mantine-color-anchor': 'var(--el-accent-text)',
    '--mantine-color-accent-filled': 'var(--el-accent)',
    '--mantine-color-accent-filled-hover': 'var(--el-accent-hover)',
    '--mantine-color-accent-light': 'var(--el-accent-tint)',
    '--mantine-color-accent-light-hover': 'color-mix(in srgb, var(--el-accent-tint), var(--el-accent) 8%)',
    '--mantine-color-accent-light-color': 'var(--el-accent-text)',
    '--mantine-color-accent-outline': 'var(--el-accent-text)',
    '--mantine-color-accent-text': 'var(--el-accent-text)',
    '--mantine-primary-color-filled': 'var(--el-accent)',
  }
  const sizes = Object.fromEntries(
    Object.entries(heights).flatMap(([name, px]) => [
      [`--el-hauteur-${name}`, `${px}px`],
    ]),
  )
  return { variables: sizes, light: shared, dark: shared }
}
