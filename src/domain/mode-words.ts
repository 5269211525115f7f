import { type ModeScope, modeScopes } from './policy/effective-mode.ts'
import { type Mode, modes } from './policy/modes.ts'

/** What a mode is said of: a name of the catalogue or of a playbook, and which of the two where somebody says so. */
export interface ModeAbout {
  readonly kind: ModeScope | null
  readonly name: string
}

/** `mode: null` asks what holds; `default` takes away what is set. */
export interface ModeWords {
  readonly mode: Mode | 'default' | null
  readonly about: ModeAbout | null
}

const usage = 'It is typed mode auto for checkout, mode checkout, or mode default for checkout.'

/** `auto`, `auto for checkout`, `auto for playbook restart`, `checkout`, `default for checkout`; else a problem in words. */
export const modeWordsOf = (words: readonly string[]): ModeWords | { readonly problem: string } => {
  const [first = '', ...others] = words
  if (first === '') return { mode: null, about: null }
  const mode = [...modes, 'default' as const].find((each) => each === first.toLowerCase()) ?? null
  const about = aboutOf(mode === null ? words : others)
  if (about === undefined)
    return {
      problem:
        mode === null && words.length > 1
          ? `The modes are ${modes.join(', ')}, and default takes away what is set. ${usage}`
          : usage,
    }
  if (mode === 'default' && about === null)
    return { problem: 'Say what for: mode default for checkout takes away what is set for checkout.' }
  return { mode, about }
}

/** Null for nothing said, undefined for something that nobody can make sense of. */
const aboutOf = (words: readonly string[]): ModeAbout | null | undefined => {
  const bare = words.map((word) => word.replaceAll(/[`'"<>,]/g, '')).filter((word) => word !== '')
  const named = bare[0]?.toLowerCase() === 'for' ? bare.slice(1) : bare
  if (named.length === 0) return bare.length === 0 ? null : undefined
  const [kindOrName = '', name] = named
  if (named.length === 1) return { kind: null, name: kindOrName }
  const kind = modeScopes.find((each) => each === kindOrName.toLowerCase())
  return kind === undefined || named.length > 2 || name === undefined ? undefined : { kind, name }
}
