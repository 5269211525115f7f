import type { ParameterValue } from '../../domain/action.ts'
import type { App } from '../app.ts'
import type { StepCallResult } from '../ports.ts'
import type { Claim } from './claim-run.ts'

/** Steps that touch nothing: waiting, and looking. They need no target, no lock and no undoing. */
export type BuiltIn = (
  app: App,
  claim: Claim,
  parameters: Readonly<Record<string, ParameterValue>>,
  signal: AbortSignal,
  timeoutMs: number,
) => Promise<StepCallResult>

export const builtInStep = (action: string): BuiltIn | null => {
  if (action === 'wait') return wait
  if (action === 'check') return check
  return null
}

const wait: BuiltIn = async (_app, _claim, parameters, signal, timeoutMs) => {
  const wantedMs = Number(parameters['seconds']) * 1_000
  const ended = await pause(Math.min(wantedMs, timeoutMs), signal)
  if (!ended) return { status: 'canceled', summary: 'stopped while waiting', effect: 'none' }
  if (wantedMs > timeoutMs)
    return {
      status: 'timed_out',
      summary: `waiting ${wantedMs / 1_000} s does not fit the step's timeout`,
      effect: 'none',
    }
  return { status: 'succeeded', summary: `waited ${wantedMs / 1_000} s` }
}

const check: BuiltIn = async (app, claim, _parameters, signal, timeoutMs) => {
  const reading = await app.probeHealth(
    claim.service,
    AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  )
  return { status: reading.healthy ? 'succeeded' : 'failed', summary: reading.summary }
}

/** True when the time passed, false when the signal ended it. */
export const pause = (ms: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(false)
    const stop = (): void => {
      clearTimeout(timer)
      resolve(false)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve(true)
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
