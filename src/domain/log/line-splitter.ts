const lineFeed = 0x0a

/** Takes a line without its line feed: the bytes `from` to before `to`. False: no more, please. */
export type TakeLine = (bytes: Uint8Array, from: number, to: number) => boolean

export interface LineSplitter {
  /** False where the lines are not wanted any more. */
  readonly feed: (chunk: Uint8Array) => boolean
  /** Bytes behind the last line feed. */
  readonly rest: () => number
}

/** Lines out of chunks, without a copy of those that lie within one. What is longer than `most` is handed on as it is, cut. */
export const lineSplitter = (most: number, take: TakeLine): LineSplitter => {
  const kept = new Uint8Array(most + 1)
  let length = 0
  const keep = (chunk: Uint8Array, from: number, to: number): void => {
    const part = chunk.subarray(from, Math.min(to, from + kept.length - length))
    kept.set(part, length)
    length += part.length
  }
  return {
    feed: (chunk) => {
      let from = 0
      for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
        if (length === 0) {
          if (!take(chunk, from, end)) return false
        } else {
          keep(chunk, from, end)
          const whole = length
          length = 0
          if (!take(kept, 0, whole)) return false
        }
        from = end + 1
      }
      keep(chunk, from, chunk.length)
      return length <= most || take(kept, 0, length)
    },
    rest: () => length,
  }
}
