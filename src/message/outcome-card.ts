import { type Card, code, type Tone } from '../domain/card.ts'
import type { LearningStatus, Recovery } from '../domain/learning.ts'
import { describeOdds, type Odds } from '../domain/odds.ts'
import { durationInWords, type Named, people, text } from './words.ts'

/** What a run, or waiting, came to, and what was learned from it. */

export interface OutcomeCardInput {
  readonly incidentId: string
  /** Null when the incident recovered by itself. */
  readonly runId: string | null
  readonly service: string
  readonly playbookTitle: string | null
  readonly status: LearningStatus
  readonly recovery: Recovery
  readonly durationMs: number
  /** What the verification saw; a whole sentence. */
  readonly evidence: string
  /** The odds with this outcome counted in; null when nothing was tried. */
  readonly odds: Odds | null
  readonly requestedBy: Named | null
  readonly approvedBy: readonly Named[]
}

const verdicts = {
  recovered: { status: 'Recovered', tone: 'good', words: 'is healthy again' },
  not_recovered: { status: 'Not recovered', tone: 'bad', words: 'has not recovered' },
  not_measured: {
    status: 'Not measured',
    tone: 'warning',
    words: 'could not be measured, which does not count as success',
  },
} as const satisfies Record<Recovery, { status: string; tone: Tone; words: string }>

const statusWords = {
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'timed out',
  canceled: 'was canceled',
  rolled_back: 'was rolled back',
  rollback_failed: 'could not be rolled back',
  blocked: 'was blocked before it began',
  unknown: 'ended unknown',
  self_recovered: 'was not needed',
} as const satisfies Record<LearningStatus, string>

export const outcomeCard = (input: OutcomeCardInput): Card => {
  const verdict = verdicts[input.recovery]
  const what =
    input.playbookTitle === null
      ? 'Nothing was run.'
      : `${input.playbookTitle} ${statusWords[input.status]} after ${durationInWords(input.durationMs)}.`
  return {
    kind: 'outcome',
    title: `${input.service} ${verdict.words}`,
    status: verdict.status,
    tone: verdict.tone,
    severity: null,
    blocks: [
      {
        kind: 'text',
        text: text([what, input.evidence].filter(Boolean).join(' ')),
        tone: verdict.tone,
      },
      ...fields(input),
      {
        kind: 'context',
        text: text([input.incidentId, ...(input.runId === null ? [] : [input.runId])].join(' · ')),
      },
    ],
  }
}

const fields = ({
  odds,
  playbookTitle,
  requestedBy,
  approvedBy,
  service,
}: OutcomeCardInput): Card['blocks'] => {
  const all = [
    { label: 'Service', value: [code(service)] },
    ...(odds === null || playbookTitle === null
      ? []
      : [{ label: 'Odds from now on', value: text(describeOdds(odds)) }]),
    ...(requestedBy === null ? [] : [{ label: 'Requested by', value: people([requestedBy]) }]),
    ...(approvedBy.length === 0 ? [] : [{ label: 'Approved by', value: people(approvedBy) }]),
  ]
  return [{ kind: 'fields', fields: all }]
}
