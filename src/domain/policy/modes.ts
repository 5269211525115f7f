/** How far Suture may go by itself, strictest first. */
export const modes = ['observe', 'propose', 'approve', 'auto'] as const
export type Mode = (typeof modes)[number]

export const strictestMode = (one: Mode, other: Mode): Mode =>
  modes.indexOf(one) <= modes.indexOf(other) ? one : other
