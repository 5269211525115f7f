import type { StepCallResult } from '../../../src/app/ports.ts'
import { type Interruption, spokenDuration } from '../deadline.ts'
import type { Redact } from '../redact.ts'
import { type Exchange, spokenCode } from './exchange.ts'
import { summarize } from './summary.ts'

export interface Circumstances {
  readonly interruption: Interruption | null
  readonly timeoutMs: number
  /** Whether the target can be asked about an effect. */
  readonly canProbe: boolean
  readonly redact: Redact
}

type Answer = Extract<Exchange, { kind: 'answered' }>

/** What one exchange says about the step. Only an answer of the target itself makes it succeeded or failed. */
export function judge(result: Exchange, about: Circumstances): StepCallResult {
  switch (result.kind) {
    case 'refused_to_send':
      return {
        status: 'canceled',
        effect: 'none',
        summary: 'nothing was sent: this worker no longer holds the run',
      }
    case 'forbidden':
      return { status: 'failed', summary: `nothing was sent: ${result.problem}` }
    case 'broken':
      if (about.interruption !== null) return interrupted(about.interruption, result.sent, about)
      return result.sent
        ? {
            status: 'unknown',
            summary: `sent, but no answer: ${spokenCode(result.code)}${whereToAsk(about)}`,
          }
        : { status: 'failed', summary: `nothing was sent: ${spokenCode(result.code)}` }
    case 'answered':
      return judgeAnswer(result, about)
  }
}

function judgeAnswer(answer: Answer, about: Circumstances): StepCallResult {
  const { status } = answer
  const said = summarize(answer, about.redact)
  const summary = said === '' ? `answered ${status}` : `answered ${status}: ${said}`
  if (status >= 200 && status < 300) {
    if (!answer.complete) return brokenOff(`answered ${status}, but the answer broke off`, about)
    const replayed = String(answer.headers['idempotent-replay']).toLowerCase() === 'true'
    return { status: 'succeeded', summary: replayed ? `${summary} (already done under this key)` : summary }
  }
  // A gateway answers these for a target that it could not hear; a problem document is the target's own word.
  if ((status === 502 || status === 504) && !isProblem(answer))
    return { status: 'unknown', summary: `${summary}; a gateway spoke for the target${whereToAsk(about)}` }
  // It may have failed after it had acted: where the target can be asked, it is, so that this is undone as well.
  if (status >= 500)
    return { status: about.canProbe ? 'unknown' : 'failed', summary: `${summary}${whereToAsk(about)}` }
  if (status < 400)
    return { status: 'failed', summary: `answered ${status}, a redirect, which is not followed` }
  return { status: 'failed', summary }
}

const isProblem = ({ headers }: Answer): boolean =>
  (headers['content-type'] ?? '').toLowerCase().startsWith('application/problem+json')

function brokenOff(what: string, about: Circumstances): StepCallResult {
  return about.interruption === null
    ? { status: 'unknown', summary: `${what}${whereToAsk(about)}` }
    : interrupted(about.interruption, true, about)
}

function interrupted(why: Interruption, sent: boolean, about: Circumstances): StepCallResult {
  const how = why === 'timed_out' ? `no answer within ${spokenDuration(about.timeoutMs)}` : 'canceled'
  const summary = sent ? `${how}; the target may have acted${whereToAsk(about)}` : `${how}; nothing was sent`
  return { status: why, effect: sent ? 'maybe' : 'none', summary }
}

const whereToAsk = ({ canProbe }: Circumstances): string =>
  canProbe ? '; the target can be asked whether it happened' : ''
