/** What was opened, to be closed in reverse; a failure to close one does not keep the others open. */
export interface Closers {
  readonly add: (close: () => unknown) => void
  readonly closeAll: () => Promise<void>
}

const opened = new Set<Closers>()

/** For a bench that is broken off: no process and no file of it stays behind. */
export const closeEverything = async (): Promise<void> => {
  for (const closers of [...opened].reverse()) await closers.closeAll()
}

export const createClosers = (): Closers => {
  const closers: (() => unknown)[] = []
  const self: Closers = {
    add: (close) => closers.push(close),
    closeAll: async () => {
      opened.delete(self)
      for (const close of closers.splice(0).reverse())
        try {
          await close()
        } catch (error) {
          process.stderr.write(`something did not close cleanly: ${String(error)}\n`)
        }
    },
  }
  opened.add(self)
  return self
}

/** Opens a bench; whatever it has opened is closed again when opening the rest fails. */
export const openingWith = async <T>(open: (closers: Closers) => Promise<T>): Promise<T> => {
  const closers = createClosers()
  try {
    return await open(closers)
  } catch (error) {
    await closers.closeAll()
    throw error
  }
}
