import { z } from 'zod'
import { cleanText } from '../../domain/clean-text.ts'
import {
  type Evidence,
  type EvidenceSourceName,
  evidenceSources,
  evidenceStatuses,
  type Fact,
} from '../../domain/evidence.ts'

/** What an adapter gives rests on what something outside has said: it is checked before it is believed, shown or stored. */

const mostFacts = 500
const mostText = 2_000

const text = (most: number) => z.string().transform((value) => cleanText(value, most))

/** What is no number a database can hold is no data. */
const Value = z.union([
  text(mostText),
  z.number(),
  z.boolean(),
  z.null(),
  z.nan().transform(() => null),
  z.literal([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]).transform(() => null),
])

const Shape = z.object({
  source: z.enum(evidenceSources),
  subject: text(500),
  status: z.enum(evidenceStatuses),
  summary: text(mostText).refine((value) => value !== ''),
  facts: z.record(z.string(), Value),
  observedAt: z.instanceof(Temporal.Instant),
  durationMs: z.number().min(0),
})

/** Null when it is no evidence of this source. */
export const readEvidence = (found: unknown, source: EvidenceSourceName): Evidence | null => {
  const read = Shape.safeParse(found)
  if (!read.success || read.data.source !== source) return null
  const facts: [string, Fact][] = Object.entries(read.data.facts)
    .slice(0, mostFacts)
    .map(([name, value]) => [cleanText(name, 300), value])
  return { ...read.data, facts: Object.fromEntries(facts) }
}
