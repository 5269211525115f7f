import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/**
 * Everything that is measured, and what loads it, is a process of its own: a generator in the server's process would be
 * measured with it. Parent and child speak in question and answer over Node's channel.
 */
export interface Child<Question, Answer> {
  readonly pid: number
  readonly ask: (question: Question) => Promise<Answer>
  readonly stop: () => Promise<void>
}

interface Envelope<T> {
  readonly id: number
  readonly body: T
}
type Reply<T> = { readonly id: number } & ({ readonly body: T } | { readonly failed: string })

export const startChild = <Question, Answer>(
  file: URL,
  env: NodeJS.ProcessEnv = {},
): Child<Question, Answer> => {
  const child: ChildProcess = fork(file, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>()
  let last = 0
  child.on('message', (message) => {
    const reply = message as Reply<Answer>
    const asked = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('failed' in reply) asked?.reject(new Error(reply.failed))
    else asked?.resolve(reply.body)
  })
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values())
      reject(new Error(`${file.pathname} ended (${signal ?? `exit code ${code}`}) before it answered`))
    waiting.clear()
  })
  return {
    pid: child.pid ?? 0,
    ask: (body) =>
      new Promise((resolve, reject) => {
        last += 1
        waiting.set(last, { resolve, reject })
        const envelope: Envelope<Question> = { id: last, body }
        child.send(envelope, (error) => {
          if (error !== null) reject(error)
        })
      }),
    stop: () => endChild(child),
  }
}

const endWithinMs = 5_000

export const endChild = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), signal === 'SIGTERM' ? endWithinMs : 40_000)
  await gone
  clearTimeout(timer)
}

/** The child's side: answers each question. When the parent goes, so does the child. */
export const answerParent = <Question, Answer>(answer: (question: Question) => Promise<Answer>): void => {
  process.on('message', (message) => {
    const { id, body } = message as Envelope<Question>
    answer(body).then(
      (given) => process.send?.({ id, body: given }),
      (error: unknown) =>
        process.send?.({
          id,
          failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
    )
  })
  process.on('disconnect', () => process.exit(0))
}
