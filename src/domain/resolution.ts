/** What a person has seen at the targets of a run that ended `unknown`, or wants: to have all of it undone as approved. */
export const resolutions = ['happened', 'did_not_happen', 'undo'] as const
export type Resolution = (typeof resolutions)[number]

/** As it stands in a sentence: `Abe says that it happened`. */
export const resolutionWords = {
  happened: 'it happened',
  did_not_happen: 'it did not happen',
  undo: 'undo it',
} as const satisfies Record<Resolution, string>

/** On a button. */
export const resolutionLabels = {
  happened: 'It happened',
  did_not_happen: 'It did not happen',
  undo: 'Undo it',
} as const satisfies Record<Resolution, string>

export const isResolution = (word: string): word is Resolution =>
  (resolutions as readonly string[]).includes(word)
