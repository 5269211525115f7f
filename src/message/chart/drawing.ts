/** A chart as lines and words in their places, without colours: the painters bring these. Units are pixels at scale 1. */

export const roles = [
  'surface',
  'text',
  'muted',
  'track',
  'neutral',
  'neutral-soft',
  'good',
  'good-soft',
  'warning',
  'warning-soft',
] as const
export type Role = (typeof roles)[number]

export const anchors = ['start', 'middle', 'end'] as const

export type Shape =
  | {
      readonly kind: 'rect'
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
      readonly radius: number
      readonly role: Role
    }
  | {
      readonly kind: 'circle'
      readonly x: number
      readonly y: number
      readonly radius: number
      readonly role: Role
    }
  | {
      readonly kind: 'text'
      /** The baseline. */
      readonly x: number
      readonly y: number
      readonly text: string
      readonly size: number
      readonly bold: boolean
      readonly anchor: (typeof anchors)[number]
      readonly role: Role
    }

export interface Drawing {
  readonly width: number
  readonly height: number
  /** At every side so much is free: a page that has air of its own leaves it out. */
  readonly margin: number
  readonly shapes: readonly Shape[]
}
