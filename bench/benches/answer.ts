import type { Bench, OpenBench } from '../bench.ts'
import { kindsAsked } from '../load/questions.ts'
import { median } from '../measure/statistics.ts'
import type { Question } from '../world/answer-process.ts'
import { startChild } from '../world/child.ts'
import { openingWith } from '../world/closers.ts'
import type { Answer as Called, Question as TargetQuestion } from '../world/instant-target-process.ts'
import { startPostgres } from '../world/postgres.ts'
import { tempFolder } from '../world/temp-folder.ts'

const outcomes = 100_000
/** Of them so many with all that they left: runs, votes, steps, entries. */
const incidents = 20_000
const days = 365
const people = 200
/** Each kind so often a round. */
const times = 15

const open = (): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    const target = startChild<TargetQuestion, Called>(
      new URL('../world/instant-target-process.ts', import.meta.url),
    )
    closers.add(() => target.stop())
    const { port } = await target.ask('port')
    const postgres = await startPostgres(folder, closers)
    const suture = startChild<Question, readonly (readonly number[])[]>(
      new URL('../world/answer-process.ts', import.meta.url),
    )
    closers.add(() => suture.stop())
    await suture.ask({
      kind: 'open',
      ...postgres,
      folder,
      target: `http://127.0.0.1:${port}`,
      outcomes,
      incidents,
      days,
      people,
    })
    const answers: number[] = []
    const commands: number[] = []
    const byKind = kindsAsked.map((): number[] => [])
    const slowest = (): number => Math.max(...byKind.map((took) => median(took))) / median(commands)
    return {
      candidate: {
        name: 'answer',
        measure: async (round) => {
          const took = await suture.ask({ kind: 'answers', times })
          const figure = median(took.flat())
          if (round === 0) return figure
          for (const [place, each] of took.entries()) byKind[place]?.push(...each)
          answers.push(figure)
          return figure
        },
      },
      baselines: [
        {
          name: 'empty-command',
          measure: async (round) => {
            const figure = median(
              (await suture.ask({ kind: 'commands', times: times * kindsAsked.length })).flat(),
            )
            if (round > 0) commands.push(figure)
            return figure
          },
        },
      ],
      overall: () => ({ value: median(answers), fields: { slowestRatio: Number(slowest().toPrecision(3)) } }),
      remarks: () => [
        'p50 of each kind, and how many times that of the empty command:',
        ...kindsAsked.map(({ text }, place) => {
          const ms = median(byKind[place] ?? [])
          return `  ${ms.toFixed(1)} ms  ${(ms / median(commands)).toFixed(1)} x  ${text}`
        }),
      ],
      close: closers.closeAll,
    }
  })

export const answerBench: Bench = {
  name: 'answer',
  unit: 'ms',
  about: [
    `A question in words, from a message in Slack as the adapter hands it on to the card that answers: p50 over ${kindsAsked.length} kinds, each ${times} times a round, of a past of`,
    `${outcomes} outcomes and ${incidents} incidents with their runs and votes in ${days} days, 20 services, ${people} people. It is kept in the history; nobody waits for the disk there, in neither side.`,
    'empty-command: /heal without a word, by the same way in, and one `select 1` on the same pool. The ratio is time by time, less is better.',
  ],
  bounds: { 'empty-command': { sense: 'at_most', required: 20, aim: 8 } },
  open,
}
