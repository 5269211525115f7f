import type { Part } from './about.ts'
import { wordsOfPattern } from './pattern.ts'
import { phrases } from './phrases.ts'
import { type Subject, subjects } from './query.ts'
import type { KnownService } from './tokens.ts'

/** How often a subject's ways to ask use a word that few other subjects use: what `approved` says and `what` does not. */
const weights: ReadonlyMap<Subject, ReadonlySet<string>> = new Map(
  subjects.map((subject) => [
    subject,
    new Set(
      phrases
        .filter((phrase) => phrase.subject === subject)
        .flatMap((phrase) => wordsOfPattern(phrase.pattern)),
    ),
  ]),
)

const weightOf = (word: string, subject: Subject): number => {
  if (weights.get(subject)?.has(word) !== true) return 0
  const shared = subjects.filter((each) => weights.get(each)?.has(word) === true).length
  return 1 / (shared * shared)
}

/** Two questions that can be asked here, those first that share the most telling words. */
export const nearestQuestions = (
  parts: readonly Part[],
  context: { incidentId: string | null; services: readonly KnownService[] },
): [string, string] => {
  const words = parts.flatMap((part) => (part.kind === 'word' ? [part.text] : []))
  const ranked = usual
    .map((subject) => ({ subject, score: words.reduce((sum, word) => sum + weightOf(word, subject), 0) }))
    .sort((one, other) => other.score - one.score)
  const [first, second] = ranked
  return [
    example(first?.subject ?? 'what_happened', context),
    example(second?.subject ?? 'what_next', context),
  ]
}

/** In the order in which they are offered when nothing tells them apart. */
const usual: readonly Subject[] = [
  'what_happened',
  'what_next',
  'status',
  'who_approved',
  'why_blocked',
  'why_refused',
  'what_runs',
  'silences',
]

const example = (
  subject: Subject,
  { incidentId, services }: { incidentId: string | null; services: readonly KnownService[] },
): string => {
  const name = services[0]?.name ?? 'inc-1'
  const inside = incidentId !== null
  switch (subject) {
    case 'what_happened':
      return inside ? 'what happened?' : `what happened to ${name}?`
    case 'who_approved':
      return inside ? 'who approved it?' : `who approved ${name}?`
    case 'why_blocked':
      return inside ? 'why is it blocked?' : `why is ${name} blocked?`
    case 'silences':
      return inside ? 'why was it silent?' : `why was ${name} silent?`
    case 'why_refused':
      return inside ? 'why was it refused?' : `why was ${name} refused?`
    case 'what_runs':
      return 'what runs now?'
    case 'status':
      return inside ? 'what is the status?' : `what is the status of ${name}?`
    case 'what_next':
      return inside ? 'what can I do now?' : `what can I do for ${name}?`
  }
}
