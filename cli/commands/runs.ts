import { Argument, type Command } from 'commander'
import { z } from 'zod'
import { isTerminal, runStatuses } from '../../src/domain/run.ts'
import { page } from '../../src/http/schemas/common.ts'
import { LogLine, QueueView, RunDetail, RunView } from '../../src/http/schemas/run.ts'
import { idLike, oneOf, wholeBetween } from '../arguments.ts'
import type { Open } from '../program.ts'
import { queueLines } from '../queue-lines.ts'
import type { Session } from '../session.ts'
import { more, runStatusCell, runTable, words } from '../tables.ts'
import { lines, oneLine, table } from '../text.ts'
import { relative, took } from '../when.ts'

const runId = idLike('run-7')

interface ListOptions {
  readonly status?: string
  readonly incident?: string
  readonly limit: number
  readonly after?: string
}

export const addRuns = (program: Command, open: Open): void => {
  const runs = program.command('runs').description('list runs, look at one, read its log, cancel it')

  runs
    .command('list', { isDefault: true })
    .description('runs, newest first')
    .option('--status <status>', runStatuses.join(', '), oneOf(runStatuses))
    .option('--incident <id>', 'of this incident only', idLike('inc-42'))
    .option('--limit <count>', 'at most so many', wholeBetween(1, 200), 20)
    .option('--after <key>', 'go on after this key, as the page before gave it')
    .action(async ({ status, incident, limit, after }: ListOptions, command: Command) => {
      const session = open(command)
      const found = await session.client.get('/v1/runs', page(RunView), { status, incident, limit, after })
      session.show(found, () =>
        found.items.length === 0 ? ['No runs.'] : [...runTable(session, found.items), ...more(found.next)],
      )
    })

  runs
    .command('now')
    .description('what runs and how far it is, what waits and why, what ended lately')
    .action(async (_options: object, command: Command) => {
      const session = open(command)
      const queue = await session.client.get('/v1/queue', QueueView)
      session.show(queue, () => queueLines(session, queue))
    })

  runs
    .command('show')
    .description('one run, step by step')
    .argument('<id>', 'such as run-7', runId)
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      const run = await session.client.get(`/v1/runs/${id}`, RunDetail)
      session.show(run, () => detailLines(run, session))
    })

  runs
    .command('log')
    .description('the full output of a run')
    .argument('<id>', 'such as run-7', runId)
    .option('-f, --follow', 'go on until the run ends')
    .action(async (id: string, { follow = false }: { follow?: boolean }, command: Command) => {
      const session = open(command)
      await showLog(session, id, follow)
    })

  runs
    .command('cancel')
    .description('stop a run; what it has done is undone where it can be')
    .argument('<id>', 'such as run-7', runId)
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      const run = await session.client.post(`/v1/runs/${id}/cancel`, {}, RunView)
      session.show(run, () => [
        run.status === 'canceled'
          ? `${id} is canceled; it had not begun.`
          : `${id} was asked to stop and is ${words(run.status)}.`,
      ])
    })

  runs
    .command('resolve')
    .description('say what a run that ended unknown did, which frees its targets, or have it undone')
    .argument('<id>', 'such as run-7', runId)
    .addArgument(
      new Argument('<what>', 'what you saw at the target').choices(['happened', 'did_not_happen', 'undo']),
    )
    .requiredOption('--note <text>', 'what you looked at')
    .action(async (id: string, resolution: string, { note }: { note: string }, command: Command) => {
      const session = open(command)
      const run = await session.client.post(`/v1/runs/${id}/resolution`, { resolution, note }, RunView)
      session.show(run, () => [
        resolution === 'undo'
          ? `${id} is being undone: see suture runs --incident ${run.incidentId}.`
          : `${id} is resolved: it ${words(resolution)}. Its targets are free again.`,
      ])
    })
}

const detailLines = (run: z.infer<typeof RunDetail>, { paint, now }: Session): string[] => {
  const status = runStatusCell(run.status)
  return [
    `${paint('bold', `${run.id} ${oneLine(run.playbookTitle)}`)} on ${oneLine(run.service)}: ${status.style === undefined ? status.text : paint(status.style, status.text)}`,
    ...(run.reason === '' ? [] : [oneLine(run.reason)]),
    `Incident ${run.incidentId}, proposal ${run.proposalId}`,
    `Requested by ${oneLine(run.requester.name)}, approved by ${run.approvers.map((person) => oneLine(person.name)).join(', ') || 'nobody'}, created ${relative(run.createdAt, now)}`,
    ...(run.startedAt === null
      ? []
      : [
          `Began ${relative(run.startedAt, now)}${run.finishedAt === null ? `, must end ${run.deadlineAt === null ? 'in time' : relative(run.deadlineAt, now)}` : `, took ${took(run.startedAt, run.finishedAt)}`}`,
        ]),
    '',
    ...table(
      paint,
      ['STEP', 'PHASE', 'STATUS', 'TOOK', 'SUMMARY'],
      run.steps.map((step) => [
        step.title,
        step.phase,
        runStatusCell(step.status),
        step.finishedAt === null ? '-' : took(step.startedAt, step.finishedAt),
        step.summary,
      ]),
    ),
  ]
}

const everyMs = 500

/** Page by page, as it comes. With --json everything comes as one document at the end. */
const showLog = async ({ client, json, show }: Session, id: string, follow: boolean): Promise<void> => {
  const all: z.infer<typeof LogLine>[] = []
  let after: string | undefined
  for (;;) {
    // Asked before the log is read: what was written before the end is then read in this very round.
    const ended = !follow || isTerminal((await client.get(`/v1/runs/${id}`, RunView)).status)
    let next: string | null = null
    do {
      const found = await client.get(`/v1/runs/${id}/log`, page(LogLine), { after, limit: 200 })
      if (json) all.push(...found.items)
      else
        show(found.items, () =>
          found.items.map(
            (line) => `${line.at} ${oneLine(line.stepId)} ${line.stream}: ${lines(line.text).trimEnd()}`,
          ),
        )
      next = found.next
      after = found.next ?? (found.items.at(-1)?.seq.toString() || after)
    } while (next !== null)
    if (ended) break
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  if (json) show({ items: all }, () => [])
}
