import { isTerminal } from '../domain/run.ts'
import { boldMarkdown, escapeMarkdown, spansAsMarkdown } from './markdown.ts'
import type { PostmortemFacts, RunOfPostmortem } from './postmortem-facts.ts'
import { questionsFor } from './postmortem-questions.ts'
import { counted, durationInWords, listInWords, percent } from './words.ts'

/**
 * The draft of a postmortem as Markdown: what was recorded, in order, with nothing made up. Causes, lessons and actions are left
 * to people, as questions. Whatever came from outside is text and can't become anything else.
 */
export const postmortem = (facts: PostmortemFacts): string =>
  `${[
    `# Postmortem (draft): ${escapeMarkdown(facts.incident.title)}`,
    `Drafted from what Suture recorded of ${escapeMarkdown(facts.incident.id)}, as of ${timeIn(facts.zone)(facts.asOf)}. It says what was recorded and names no cause: the questions at the end are for people.`,
    section('Summary', summary(facts)),
    section('Times', times(facts)),
    section('Timeline', timeline(facts)),
    section('Evidence and diagnosis', evidence(facts)),
    section('What was proposed, decided and done', deeds(facts)),
    section('What went well, and what did not', items(questionsFor(facts))),
    section('Action items', actionItems),
    section('What this rests on', basis(facts)),
  ].join('\n\n')}\n`

const section = (title: string, body: string): string => `## ${title}\n\n${body}`

const items = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n')

/** `2026-03-04 10:00:00 (09:00:00 UTC)`; the day of UTC only where it is another one. */
export const timeIn =
  (zone: string) =>
  (at: Temporal.Instant): string => {
    const utc = written(at, 'UTC')
    if (zone === 'UTC') return `${utc.day} ${utc.time} UTC`
    const local = written(at, zone)
    return `${local.day} ${local.time} (${utc.day === local.day ? '' : `${utc.day} `}${utc.time} UTC)`
  }

const written = (at: Temporal.Instant, zone: string): { day: string; time: string } => {
  const zoned = at.toZonedDateTimeISO(zone)
  return {
    day: zoned.toPlainDate().toString(),
    time: zoned.toPlainTime().toString({ smallestUnit: 'second' }),
  }
}

const between = (from: Temporal.Instant, to: Temporal.Instant): string =>
  durationInWords(to.epochMilliseconds - from.epochMilliseconds)

const summary = ({ incident, service, zone, alerts, asOf }: PostmortemFacts): string => {
  const at = timeIn(zone)
  const { openedAt, resolvedAt } = incident
  return items([
    `What: ${boldMarkdown(incident.title)}, ${incident.severity}; ${counted(alerts.count, 'alert')}${alerts.count === 0 ? '' : ` from ${listInWords(alerts.sources.map(escapeMarkdown))}`}.`,
    `When: opened ${at(openedAt)}, ${resolvedAt === null ? `not resolved yet (${incident.status})` : `resolved ${at(resolvedAt)}`}.`,
    `How long: ${resolvedAt === null ? `${between(openedAt, asOf)} so far` : between(openedAt, resolvedAt)}${incident.flaps === 0 ? '' : `; it was opened again ${counted(incident.flaps, 'time')}`}.`,
    `Where: ${incident.service === null ? 'its alerts name no service' : `${boldMarkdown(incident.service)}${service === null ? ', which the catalogue does not know' : `, owned by ${escapeMarkdown(service.owner)}`}`}.`,
    `Who was affected: ${affected(service)}`,
  ])
}

/** The catalogue knows who could be, not who was. */
const affected = (service: PostmortemFacts['service']): string => {
  if (service === null) return 'unknown: the catalogue does not say who depends on it.'
  const { dependents } = service
  if (dependents.length === 0)
    return 'by the catalogue nothing else depends on it. Its users were not measured.'
  return `by the catalogue ${counted(dependents.length, 'service depends', 'services depend')} on it, directly or through others: ${listInWords(dependents.map(escapeMarkdown))}. Whether they were affected was not measured, nor were users.`
}

const times = ({ incident, alerts, runs, zone }: PostmortemFacts): string => {
  const at = timeIn(zone)
  const { openedAt, resolvedAt } = incident
  const { firedAt } = alerts
  const detected =
    firedAt === null || Temporal.Instant.compare(firedAt, openedAt) >= 0
      ? 'not known: no alert says that it began before it arrived'
      : `${between(firedAt, openedAt)}: its alert says that it began ${at(firedAt)}`
  const approvals = runs.flatMap(({ request }) =>
    request === null ? [] : [`${request.id} ${waited(request)}`],
  )
  const ran = runs.flatMap((run) =>
    run.startedAt === null ? [] : [`${run.id} ${tookOf(run, run.startedAt)}`],
  )
  return items([
    `To detect: ${detected}.`,
    `To approve: ${approvals.length === 0 ? 'nobody was asked' : listInWords(approvals)}.`,
    `To run: ${ran.length === 0 ? 'nothing ran' : listInWords(ran)}.`,
    `To recover: ${resolvedAt === null ? 'not recovered yet' : `${between(openedAt, resolvedAt)}, from the incident to its end`}.`,
  ])
}

const waited = ({ status, requestedAt, endedAt }: NonNullable<RunOfPostmortem['request']>): string =>
  endedAt === null ? `is ${status}` : `${status} after ${between(requestedAt, endedAt)}`

const tookOf = ({ finishedAt }: RunOfPostmortem, startedAt: Temporal.Instant): string =>
  finishedAt === null ? 'has not ended' : `took ${between(startedAt, finishedAt)}`

const timeline = ({ timeline: events, zone }: PostmortemFacts): string => {
  const at = timeIn(zone)
  const zoneLine =
    zone === 'UTC'
      ? 'Times are UTC.'
      : `Times are those of ${escapeMarkdown(zone)}, where the service is, with UTC beside.`
  const lines = events.map((event) => `${at(event.at)}: ${spansAsMarkdown(event.text, at)}`)
  return `${zoneLine}\n\n${lines.length === 0 ? 'Nothing is on record.' : items(lines)}`
}

const evidence = ({ evidence: gathered, hypotheses, zone }: PostmortemFacts): string => {
  const facts = gathered.map(
    ({ source, status, summary: words, at }) =>
      `${escapeMarkdown(source)}${status === 'ok' ? '' : ` (${spaced(status)})`}, ${timeIn(zone)(at)}: ${escapeMarkdown(words)}`,
  )
  const ranked = hypotheses.map(
    ({ title, likelihood, evidenceFor, evidenceAgainst }) =>
      `${percent(likelihood)} ${escapeMarkdown(title)}${because('for', evidenceFor)}${because('against', evidenceAgainst)}`,
  )
  return [
    facts.length === 0 ? 'No evidence is on record.' : `Gathered:\n\n${items(facts)}`,
    ranked.length === 0
      ? 'No diagnosis was made.'
      : `What Suture took it for, by likelihood; a guess from the evidence, not a cause:\n\n${items(ranked)}`,
  ].join('\n\n')
}

const because = (which: string, facts: readonly string[]): string =>
  facts.length === 0 ? '' : `; ${which}: ${facts.map(escapeMarkdown).join(' / ')}`

const deeds = ({ proposals, refusals, runs, zone }: PostmortemFacts): string => {
  const at = timeIn(zone)
  return [
    listOf(
      'Proposed',
      proposals.map(
        (each) =>
          `${each.id}: ${boldMarkdown(each.title)} on ${escapeMarkdown(each.service)}, ${escapeMarkdown(each.odds)}`,
      ),
    ),
    listOf(
      'Refused',
      refusals.map(
        (each) =>
          `${at(each.at)}: ${boldMarkdown(each.by)} (${escapeMarkdown(`${spaced(each.command)} ${each.subject}`)}): ${escapeMarkdown(each.detail)}`,
      ),
    ),
    listOf(
      'Decided',
      runs.flatMap((run) => decisions(run, at)),
    ),
    listOf('Run', runs.map(outcome)),
  ].join('\n\n')
}

const listOf = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? `${title}: nothing.` : `${title}:\n\n${items(lines)}`

const decisions = ({ id, request }: RunOfPostmortem, at: (at: Temporal.Instant) => string): string[] => {
  if (request === null) return [`${id}: policy allowed it without asking anybody`]
  const votes = request.votes.map(
    (vote) =>
      `${vote.decision === 'approve' ? 'approved' : 'rejected'} by ${boldMarkdown(vote.by)} ${at(vote.at)}${vote.reason.trim() === '' ? '' : `: “${escapeMarkdown(vote.reason)}”`}`,
  )
  return [
    `${request.id} (${id}): requested by ${boldMarkdown(request.requester)} ${at(request.requestedAt)}; ${votes.length === 0 ? `nobody voted; ${request.status}` : votes.join('; ')}`,
  ]
}

const recoveries = {
  recovered: 'verified: the service recovered',
  not_recovered: 'verified: the service did not recover',
  not_measured: 'whether it helped was not measured',
} as const

const outcome = (run: RunOfPostmortem): string => {
  const helped = run.recovery === null || run.startedAt === null ? '' : `; ${recoveries[run.recovery]}`
  const undone = run.undone.length === 0 ? '' : `; undone: ${listInWords(run.undone.map(escapeMarkdown))}`
  const why = run.reason.trim() === '' ? '' : `: ${escapeMarkdown(run.reason)}`
  return `${run.id}: ${boldMarkdown(run.title)} ${run.ended}${why}${helped}${undone}`
}

const actionItems = `Nothing is filled in: each needs somebody who owns it and a day.

- [ ] Would keep it from happening again: … (owner: …, by: …)
- [ ] Would find it sooner: … (owner: …, by: …)
- [ ] Would heal it sooner, or with less risk: … (owner: …, by: …)
- [ ] Would make its playbook, policy or catalogue entry better: … (owner: …, by: …)`

const basis = (facts: PostmortemFacts): string => {
  const open = [
    ...(facts.incident.resolvedAt === null ? ['the incident is not over'] : []),
    ...facts.runs.flatMap((run) => (isTerminal(run.status) ? [] : [`${run.id} ${run.ended}`])),
    ...facts.missing,
  ]
  return items([
    `Records: ${facts.records.map(escapeMarkdown).join(', ')}.`,
    open.length === 0
      ? 'Complete: no alert, evidence, proposal, decision, run or message was left out.'
      : `Not complete: ${open.map(escapeMarkdown).join('; ')}.`,
    `Whoever doubts it can check it: \`suture audit prove ${facts.incident.id}\` writes the proof of its entries in the history.`,
  ])
}

const spaced = (word: string): string => word.replaceAll('_', ' ')
