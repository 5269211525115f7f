/** What is wrong with the text of a YAML file before it is parsed. */

/** Enough for any honest file; a bomb needs nesting or repetition. */
export const maxDepth = 50

export interface TextProblem {
  /** From 1, like `column`. */
  readonly line: number
  readonly column: number
  readonly problem: string
  readonly remedy: string
}

/** Null when the parser may have it. */
export const unreadableText = (text: string): TextProblem | null => {
  const deep = tooDeep(text)
  return oddCharacter(text) ?? (deep === null ? null : { ...placeIn(text, deep), ...nestedTooDeeply })
}

const placeIn = (text: string, at: number): { line: number; column: number } => {
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

export const nestedTooDeeply = {
  problem: 'nested too deeply to be read',
  remedy: `Nest at most ${maxDepth} levels.`,
}

/** More than this is no text with a few brackets: the parser needs seconds and then fails. */
const maxOpen = 1_000

/** Where it becomes so; brackets in texts count too, which hurts nobody at this number. */
const tooDeep = (text: string): number | null => {
  const dashes = text.search(/(?:[-?:][ \t]){1000}/)
  if (dashes >= 0) return dashes
  let open = 0
  for (const { 0: bracket, index } of text.matchAll(/[[\]{}]/g)) {
    open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1)
    if (open > maxOpen) return index
  }
  return null
}

/** U+FFFD stands where bytes were no UTF-8; control characters make a line read as what it is not. */
const oddCharacter = (text: string): TextProblem | null => {
  const at = text.search(/[\ufffd[\p{Cc}--[\t\n\r]]\u202a-\u202e\u2066-\u2069]/v)
  if (at < 0) return null
  const isFault = text[at] === '\ufffd'
  const code = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return {
    ...placeIn(text, at),
    problem: isFault
      ? 'these bytes are no UTF-8'
      : `the character U+${code} can't be seen and is not allowed`,
    remedy: isFault
      ? 'Save the file as UTF-8.'
      : 'Remove it; if it is meant, write it as an escape in double quotes.',
  }
}
