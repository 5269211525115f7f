import type { Settings } from '../config.ts'

/** How people reach this Suture from outside; null when nobody has said. */
export const publicUrlOf = (settings: Settings): URL | null => {
  const open = settings.SUTURE_PUBLIC_URL ?? settings.SELF_HEAL_BASE_URL
  return open === undefined ? null : new URL(open)
}
