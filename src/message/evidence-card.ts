import { type Block, bold, type Card, plain, type Text } from '../domain/card.ts'
import { type Diagnosis, type Hypothesis, triageTitles } from '../domain/diagnosis.ts'
import { type Evidence, evidenceTitles } from '../domain/evidence.ts'
import { durationInWords, percent, text } from './words.ts'

/** What was looked at, and what it most likely means: every hypothesis with what speaks for and against it. */

export interface EvidenceCardInput {
  readonly incidentId: string
  readonly evidence: readonly Evidence[]
  readonly diagnosis: Diagnosis
}

/** Less likely ones are on the incident's page. */
const mostHypotheses = 3

const failureWords = { ok: '', failed: ' (failed)', timed_out: ' (timed out)' } as const

export const evidenceCard = ({ incidentId, evidence, diagnosis }: EvidenceCardInput): Card => {
  const [best] = diagnosis.hypotheses
  const left = diagnosis.hypotheses.length - mostHypotheses
  return {
    kind: 'evidence',
    title:
      best === undefined
        ? 'No diagnosis'
        : `Most likely: ${triageTitles[best.code].toLowerCase()} (${percent(best.likelihood)})`,
    status: 'Diagnosed',
    tone: 'info',
    severity: null,
    blocks: [
      ...evidenceBlocks(evidence),
      ...diagnosis.hypotheses
        .slice(0, mostHypotheses)
        .map((hypothesis): Block => ({ kind: 'text', text: hypothesisText(hypothesis) })),
      {
        kind: 'context',
        text: text(
          [
            incidentId,
            ...(left > 0 ? [`${left} less likely left out`] : []),
            ...(evidence.length > 0 ? [`looked for ${durationInWords(longest(evidence))}`] : []),
          ].join(' · '),
        ),
      },
    ],
  }
}

const evidenceBlocks = (evidence: readonly Evidence[]): Block[] =>
  evidence.length === 0
    ? [
        {
          kind: 'text',
          text: text('No evidence could be gathered: the service has no probe in the catalogue.'),
        },
      ]
    : [
        {
          kind: 'fields',
          fields: evidence.map((each) => ({
            label: `${evidenceTitles[each.source]}${failureWords[each.status]}`,
            value: text(each.summary, graphOf(each)),
          })),
        },
      ]

/** Only a web address becomes a link, whatever a source says. */
const graphOf = ({ facts }: Evidence): Text => {
  const link = facts['link']
  return typeof link === 'string' && /^https?:\/\//.test(link)
    ? [plain(' '), { kind: 'link', text: 'Graph', url: link }]
    : []
}

const hypothesisText = ({ code, likelihood, evidenceFor, evidenceAgainst }: Hypothesis): Text => [
  bold(`${triageTitles[code]} ${percent(likelihood)}`),
  ...[
    ...evidenceFor.map((sentence) => `\n+ ${sentence}`),
    ...evidenceAgainst.map((sentence) => `\n− ${sentence}`),
  ].map(plain),
]

const longest = (evidence: readonly Evidence[]): number =>
  Math.max(...evidence.map((each) => each.durationMs))
