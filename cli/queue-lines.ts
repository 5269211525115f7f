import { stageInWords } from '../src/domain/stages.ts'
import { ordinal } from '../src/domain/waiting-line.ts'
import type { QueueView } from '../src/http/schemas/run.ts'
import type { Session } from './session.ts'
import { runStatusCell } from './tables.ts'
import { oneLine, table } from './text.ts'
import { relative } from './when.ts'

/** What runs, waits and ended lately, in a terminal. */
export const queueLines = (
  { paint, now }: Pick<Session, 'paint' | 'now'>,
  { running, waiting, ended, needsPerson }: QueueView,
): string[] => [
  ...needsPerson.map((run) =>
    paint(
      'red',
      `${run.id} on ${oneLine(run.service)} needs a person: ${run.status.replaceAll('_', ' ')}. ${oneLine(run.reason)}`,
    ),
  ),
  ...(running.length === 0 ? ['Nothing runs.'] : []),
  ...(running.length === 0
    ? []
    : table(
        paint,
        ['RUNS', 'WHAT', 'SERVICE', 'DONE', 'NOW', 'SINCE', 'ENDS'],
        running.map((run) => [
          run.id,
          titleOf(run),
          run.service,
          `${run.done} of ${run.total}`,
          run.step ?? '-',
          relative(run.since, now),
          run.deadlineAt === null ? '-' : relative(run.deadlineAt, now),
        ]),
      )),
  '',
  ...(waiting.length === 0
    ? ['Nothing waits.']
    : table(
        paint,
        ['WAITS', 'WHAT', 'SERVICE', 'FOR', 'PLACE', 'SINCE', 'GIVES UP'],
        waiting.map((run) => [
          run.id,
          titleOf(run),
          run.service,
          whatFor(run),
          run.place === null || run.holders.length === 0 ? '-' : ordinal(run.place),
          relative(run.since, now),
          run.givesUpAt === null ? '-' : relative(run.givesUpAt, now),
        ]),
      )),
  ...(ended.length === 0
    ? []
    : [
        '',
        ...table(
          paint,
          ['ENDED', 'WHAT', 'SERVICE', 'STATUS', 'WHEN'],
          ended.map((run) => [
            run.id,
            titleOf(run),
            run.service,
            runStatusCell(run.status),
            relative(run.since, now),
          ]),
        ),
      ]),
]

const titleOf = ({ playbookTitle, undoOf, stage, stages, follows }: QueueView['ended'][number]): string => {
  const part = stageInWords({ stage: stage - 1, stages })
  const after = follows === null ? '' : ` after ${follows}`
  return `${undoOf === null ? playbookTitle : `undoes ${undoOf}`}${part === null ? '' : `, ${part}${after}`}`
}

const whatFor = ({ requestId, holders }: QueueView['waiting'][number]): string => {
  if (requestId !== null) return `approval ${requestId}`
  return holders.map(({ target, runId }) => `${target} (${runId})`).join(', ') || 'a worker'
}
