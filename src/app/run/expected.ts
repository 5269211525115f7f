/**
 * How long the next commit waits for runs that were just answered, at most: for a call that is answered at once, or for the queue to
 * bring another run in the place of one that has ended (5 ms on two quiet cores). A commit of one costs what a commit of eight
 * does but for a quarter (bench/README.md, `runs`), and one out of step is one more for as long as there is work.
 */
const comeBackMs = 15
/** Nobody waits longer for others, where more and more are expected. */
const mostAwaitedMs = 30

export interface Expected {
  /** Whether whoever could go waits for them: for `mostAwaitedMs` at most from the first time that it asks, however many more are expected. */
  readonly areAwaited: () => boolean
  /** Who waited for them has gone. */
  readonly letGo: () => void
  readonly expect: (count: number) => void
  /** One of them, or somebody else in his place. */
  readonly came: () => void
}

/** Runs that will want to commit something soon, if they do at all. `onGivenUp`: whoever waits may go. */
export const createExpected = (onGivenUp: () => void): Expected => {
  const expected = new Set<{ left: number }>()
  let patience: NodeJS.Timeout | null = null
  let isOver = false
  return {
    areAwaited: (): boolean => {
      if (isOver || expected.size === 0) return false
      patience ??= setTimeout(() => {
        isOver = true
        onGivenUp()
      }, mostAwaitedMs)
      return true
    },
    letGo: (): void => {
      if (patience !== null) clearTimeout(patience)
      patience = null
      isOver = false
    },
    expect: (count: number): void => {
      if (count === 0) return
      const some = { left: count }
      expected.add(some)
      setTimeout(() => {
        if (expected.delete(some)) onGivenUp()
      }, comeBackMs)
    },
    came: (): void => {
      const [oldest] = expected
      if (oldest !== undefined) oldest.left -= 1
      if (oldest?.left === 0) expected.delete(oldest)
    },
  }
}
