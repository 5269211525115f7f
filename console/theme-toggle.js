import { recall, remember, write } from './store.js'

/** Dark or light: as the system says, until the reader says otherwise. */

const systemDark = matchMedia('(prefers-color-scheme: dark)')

export const theme = () => recall('theme') ?? (systemDark.matches ? 'dark' : 'light')
export const nextTheme = () => (theme() === 'dark' ? 'light' : 'dark')
export const themeLabel = () => (nextTheme() === 'dark' ? 'Use the dark theme' : 'Use the light theme')

export function toggleTheme() {
  const next = nextTheme()
  // Back to what the system says anyway: then follow the system again.
  remember('theme', next === (systemDark.matches ? 'dark' : 'light') ? null : next)
  document.documentElement.dataset.theme = next
  write({})
}

systemDark.addEventListener('change', () => {
  if (recall('theme') === null) delete document.documentElement.dataset.theme
  write({})
})
