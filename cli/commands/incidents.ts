import type { Command } from 'commander'
import { z } from 'zod'
import { incidentStatuses } from '../../src/domain/incident.ts'
import { page } from '../../src/http/schemas/common.ts'
import { IncidentDetail, IncidentView, PostmortemView, ThreadItem } from '../../src/http/schemas/incident.ts'
import { idLike, oneOf, wholeBetween } from '../arguments.ts'
import { cardLines } from '../card-lines.ts'
import { CliFailure, exitCodes } from '../failure.ts'
import type { Open } from '../program.ts'
import type { Session } from '../session.ts'
import { incidentTable, more } from '../tables.ts'
import { lines, oneLine } from '../text.ts'
import { relative } from '../when.ts'

const incidentId = idLike('inc-42')
const Thread = z.object({ items: z.array(ThreadItem) })

interface ListOptions {
  readonly status?: string
  readonly service?: string
  readonly limit: number
  readonly after?: string
}

export const addIncidents = (program: Command, open: Open): void => {
  const incidents = program.command('incidents').description('list incidents, look at one, ask about one')

  incidents
    .command('list', { isDefault: true })
    .description('incidents, newest first')
    .option('--status <status>', incidentStatuses.join(', '), oneOf(incidentStatuses))
    .option('--service <name>', 'of this service only')
    .option('--limit <count>', 'at most so many', wholeBetween(1, 200), 20)
    .option('--after <key>', 'go on after this key, as the page before gave it')
    .action(async ({ status, service, limit, after }: ListOptions, command: Command) => {
      const session = open(command)
      const found = await session.client.get('/v1/incidents', page(IncidentView), {
        status,
        service,
        limit,
        after,
      })
      session.show(found, () =>
        found.items.length === 0
          ? ['No incidents.']
          : [...incidentTable(session, found.items), ...more(found.next)],
      )
    })

  incidents
    .command('show')
    .description('one incident with its alerts, evidence and likeliest causes')
    .argument('<id>', 'such as inc-42', incidentId)
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      const incident = await session.client.get(`/v1/incidents/${id}`, IncidentDetail)
      session.show(incident, () => detailLines(incident, session))
    })

  incidents
    .command('postmortem')
    .description('the draft of a postmortem as Markdown, such as for `> postmortem.md`')
    .argument('<id>', 'such as inc-42', incidentId)
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      const draft = await session.client.get(`/v1/incidents/${id}/postmortem`, PostmortemView)
      session.show(draft, () => [lines(draft.markdown.trimEnd())])
    })

  incidents
    .command('ask')
    .description('ask in the thread of an incident and show the answer')
    .argument('<id>', 'such as inc-42', incidentId)
    .argument('<question>', 'such as "what happened?"')
    .option('--wait <seconds>', 'for the answer', wholeBetween(1, 120), 15)
    .action(async (id: string, question: string, { wait }: { wait: number }, command: Command) => {
      const session = open(command)
      const body = asQuestion(question)
      const posted = await session.client.post(`/v1/incidents/${id}/messages`, { body }, ThreadItem)
      const answer = await answerTo(session, id, posted.id, wait)
      session.show({ question: body, messageId: posted.id, answer }, () =>
        cardLines(answer.card, session.now),
      )
    })
}

const detailLines = (incident: z.infer<typeof IncidentDetail>, { paint, now }: Session): string[] => [
  `${paint('bold', `${incident.id} ${oneLine(incident.title)}`)} (${incident.severity}, ${incident.status})`,
  ...(incident.summary === '' ? [] : [oneLine(incident.summary)]),
  `Service ${oneLine(incident.service ?? 'unknown')}, channel ${oneLine(incident.channel)}, opened ${relative(incident.openedAt, now)}${incident.resolvedAt === null ? '' : `, resolved ${relative(incident.resolvedAt, now)}`}`,
  `Now: ${oneLine(incident.now)}`,
  '',
  paint('bold', `Alerts: ${incident.alerts.length}`),
  ...incident.alerts.map(
    (alert) =>
      `  ${alert.status} ${oneLine(alert.title)} (${alert.severity}, ${alert.source}), since ${relative(alert.startsAt, now)}`,
  ),
  paint('bold', `Evidence: ${incident.evidence.length}`),
  ...incident.evidence.map(
    (each) => `  ${oneLine(each.summary)} (${each.source}, ${relative(each.observedAt, now)})`,
  ),
  paint('bold', 'Likeliest causes'),
  ...incident.hypotheses.map((each) => `  ${Math.round(each.likelihood * 100)} % ${oneLine(each.title)}`),
  `Proposed: ${incident.proposalIds.join(', ') || 'nothing'}`,
  `Runs: ${incident.runIds.join(', ') || 'none'}`,
]

/** Suture answers questions only, and says nothing to what is none. */
const asQuestion = (text: string): string => {
  const trimmed = text.trim()
  if (trimmed === '')
    throw new CliFailure(
      exitCodes.usage,
      'No question',
      'The question is empty.',
      'Ask something, such as "what happened?".',
    )
  return trimmed.endsWith('?') ? trimmed : `${trimmed}?`
}

const everyMs = 200

const answerTo = async (
  { client }: Session,
  incidentId: string,
  messageId: string,
  seconds: number,
): Promise<{ id: string; card: unknown }> => {
  const until = performance.now() + seconds * 1_000
  const expected = `${incidentId}/answer/${messageId}`
  do {
    const { items } = await client.get(`/v1/incidents/${incidentId}/thread`, Thread)
    const card = items.find((item) => item.kind === 'card' && item.id === expected)
    if (card?.kind === 'card') return { id: card.id, card: card.card as unknown }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  } while (performance.now() < until)
  throw new CliFailure(
    exitCodes.failed,
    'No answer yet',
    `The question was posted in ${incidentId} as ${lines(messageId)}, but no answer came within ${seconds} s.`,
    'Look at the thread in the console; do not ask again unless none appears.',
  )
}
