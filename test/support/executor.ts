import type { OutputChunk, PerformContext, ProcessIdentity, StepCallRequest } from '../../src/app/ports.ts'
import type { HttpCall, Target } from '../../src/domain/service.ts'

export const monotonic = { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() }

let calls = 0
/** Unique to this process and call, so that marks in the process table never meet. */
export const aKey = (): string => `run-${process.pid}-${(calls += 1)}.step`

export function aRequest(over: Partial<StepCallRequest> & { target: Target }): StepCallRequest {
  return { effectKey: aKey(), action: 'act', parameters: {}, timeoutMs: 5_000, ...over }
}

export const anHttpTarget = (call: Partial<HttpCall> & { url: string }): Target => ({
  name: 'checkout',
  kind: 'http',
  actions: { act: { method: 'POST', ...call } },
})

export const aCommandTarget = (argv: string[], cwd?: string): Target => ({
  name: 'checkout-host',
  kind: 'command',
  actions: { act: cwd === undefined ? { argv } : { argv, cwd } },
})

export interface RecordedContext extends PerformContext {
  readonly output: OutputChunk[]
  readonly text: (stream?: OutputChunk['stream']) => string
  readonly identities: ProcessIdentity[]
}

export function aContext(over: Partial<PerformContext> = {}): RecordedContext {
  const output: OutputChunk[] = []
  const identities: ProcessIdentity[] = []
  return {
    signal: new AbortController().signal,
    mayAct: () => true,
    onOutput: (chunk) => output.push(chunk),
    onProcess: async (identity) => void identities.push(identity),
    ...over,
    output,
    identities,
    text: (stream) =>
      output
        .filter((chunk) => stream === undefined || chunk.stream === stream)
        .map((chunk) => chunk.text)
        .join(''),
  }
}
