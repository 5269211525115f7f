import { escapeMarkdown } from './markdown.ts'
import type { PostmortemFacts, RunOfPostmortem } from './postmortem-facts.ts'
import { counted, listInWords } from './words.ts'

/** Questions for people, each from something recorded: which way it speaks is theirs to say. */
export const questionsFor = (facts: PostmortemFacts): string[] => [
  'What went well, and should be done so again?',
  'What did not, and where was it only luck?',
  ...aboutDetection(facts),
  ...aboutDecisions(facts),
  ...facts.runs.flatMap(aboutRun),
  ...aboutTheEnd(facts),
]

const aboutDetection = ({ alerts, incident, evidence }: PostmortemFacts): string[] => {
  const failed = evidence.filter(({ status }) => status !== 'ok')
  return [
    ...(alerts.firedAt === null
      ? []
      : ['Did the alert come as soon as it could, and did people notice before it?']),
    ...(failed.length === 0
      ? []
      : [
          `${counted(failed.length, 'source')} of evidence gave no answer (${listInWords([...new Set(failed.map(({ source }) => escapeMarkdown(source)))])}). What would it have told?`,
        ]),
    ...(incident.flaps === 0
      ? []
      : ['It came back after it had resolved. What was not healed the first time?']),
  ]
}

const aboutDecisions = ({ refusals, runs, proposals }: PostmortemFacts): string[] => {
  const ended = (status: string): string[] =>
    runs.flatMap(({ request }) => (request?.status === status ? [request.id] : []))
  const [expired, rejected] = [ended('expired'), ended('rejected')]
  return [
    ...(proposals.length === 0 ? ['Nothing was proposed. Should there be a playbook for this?'] : []),
    ...(refusals.length === 0
      ? []
      : [`${counted(refusals.length, 'attempt was', 'attempts were')} refused. Was that right, each time?`]),
    ...(rejected.length === 0 ? [] : [`${listInWords(rejected)} rejected by people. What did they see?`]),
    ...(expired.length === 0 ? [] : [`${listInWords(expired)} expired undecided. Who should have seen it?`]),
  ]
}

const aboutRun = (run: RunOfPostmortem): string[] => {
  switch (run.status) {
    case 'succeeded':
      return [
        run.recovery === 'not_measured'
          ? `Nobody could measure whether ${run.id} helped. What would?`
          : `${run.id} succeeded. Did it end the cause, or only what was seen of it?`,
      ]
    case 'failed':
    case 'timed_out':
    case 'rolled_back':
      return [`${run.id} ${run.ended}. What had its proposal not known?`]
    case 'rollback_failed':
      return [`${run.id} ${run.ended}. What is left of it, and who has looked?`]
    case 'unknown':
      return [`What became of ${run.id} was not known. How could it be told the next time?`]
    case 'blocked':
      return [`${run.id} ${run.ended}. Was that right?`]
    case 'canceled':
    case 'pending_approval':
    case 'queued':
    case 'running':
    case 'verifying':
    case 'rolling_back':
      return []
  }
}

const aboutTheEnd = ({ incident, runs }: PostmortemFacts): string[] => {
  if (incident.resolvedAt === null) return []
  return runs.some((run) => run.recovery === 'recovered')
    ? []
    : ['No run is known to have ended it. What did: people, or nothing at all?']
}
