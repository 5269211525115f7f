import type { Tx } from './database.ts'

export const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)]

/** Rows as one parameter; half of a surrogate pair, as a cut leaves it, has no place in jsonb. */
export const rowsAsJson = (rows: readonly object[]): string =>
  JSON.stringify(rows, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))

interface Asked<Question, Answer> {
  readonly question: Question
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Asked one by one, and sent as one statement: what is asked of a transaction in one turn of the event loop. Where several are
 * committed together each asks for its own, and they do so in the same turns.
 */
export const gathering = <Question, Answer>(
  /** Answers in the order of the questions. */
  ask: (tx: Tx, questions: readonly Question[]) => Promise<readonly Answer[]>,
  /**
   * `afterWrites`: reads what others of the same turn write. Somebody else may have asked first, before those writes were
   * begun; so it goes out behind all that are gathered in this turn.
   */
  { afterWrites = false }: { readonly afterWrites?: boolean } = {},
): ((tx: Tx, question: Question) => Promise<Answer>) => {
  const gathered = new WeakMap<Tx, Asked<Question, Answer>[]>()
  const send = async (tx: Tx, all: readonly Asked<Question, Answer>[]): Promise<void> => {
    gathered.delete(tx)
    try {
      const answers = await ask(
        tx,
        all.map(({ question }) => question),
      )
      all.forEach(({ resolve }, at) => {
        resolve(answers[at] as Answer)
      })
    } catch (error) {
      for (const { reject } of all) reject(error)
    }
  }
  return (tx, question) =>
    new Promise((resolve, reject) => {
      const waiting = gathered.get(tx)
      const asked = { question, resolve, reject }
      if (waiting !== undefined) return void waiting.push(asked)
      const all = [asked]
      gathered.set(tx, all)
      // After all that goes on in this turn.
      process.nextTick(() => (afterWrites ? process.nextTick(() => void send(tx, all)) : void send(tx, all)))
    })
}
