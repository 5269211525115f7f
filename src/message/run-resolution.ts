import { type Block, type CardAction, code } from '../domain/card.ts'
import { type Resolution, resolutionLabels, resolutions } from '../domain/resolution.ts'
import { type Named, text, who } from './words.ts'

/** The question to people that a run which ended `unknown` puts, and what somebody has said. */

export type ResolutionTokens = Readonly<Record<Resolution, string>>

export interface Said {
  readonly by: Named | null
  /** Such as `it happened: I have looked at the log`. */
  readonly words: string
  /** The run that undoes it. */
  readonly undoneBy: string | null
}

export const resolutionActions = (tokens: ResolutionTokens, about: string): CardAction[] =>
  resolutions.map((resolution) => ({
    token: tokens[resolution],
    label: resolutionLabels[resolution],
    style: resolution === 'undo' ? 'danger' : 'plain',
    prompt: resolutionPrompt(resolution, about),
  }))

/** What is asked before it is sent: the history rests on the note. */
export const resolutionPrompt = (resolution: Resolution, about: string) => ({
  title: `${resolutionLabels[resolution]}: ${about}`,
  label: resolution === 'undo' ? 'Why undo it? What did you look at?' : 'What did you look at, and see?',
  required: true,
})

export const saidBlock = ({ by, words, undoneBy }: Said): Block => ({
  kind: 'text',
  text: text(
    ...(by === null ? ['Somebody'] : [who(by)]),
    ` says: ${words}`,
    ...(undoneBy === null ? ['. Its targets are free again.'] : ['. ', code(undoneBy), ' undoes it.']),
  ),
  tone: 'info',
})
