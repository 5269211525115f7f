import { parseArgs } from 'node:util'
import type { Bench } from './bench.ts'
import { alertToChat } from './benches/alert-to-chat.ts'
import { answerBench } from './benches/answer.ts'
import { auditBench } from './benches/audit.ts'
import { clickAck } from './benches/click-ack.ts'
import { clickToStart } from './benches/click-to-start.ts'
import { ingestBatch } from './benches/ingest-batch.ts'
import { ingestSingle } from './benches/ingest-single.ts'
import { learningBench } from './benches/learning.ts'
import { memory } from './benches/memory.ts'
import { memoryChat } from './benches/memory-chat.ts'
import { policyBench } from './benches/policy.ts'
import { runsBench } from './benches/runs.ts'
import { startup } from './benches/startup.ts'
import { storm } from './benches/storm.ts'
import { timeout } from './benches/timeout.ts'
import { reportOf, toJson, toLines } from './measure/report.ts'
import { isAbsent, measureRounds } from './measure/rounds.ts'
import { closeEverything } from './world/closers.ts'

const benches: readonly Bench[] = [
  ingestBatch,
  ingestSingle,
  storm,
  alertToChat,
  clickToStart,
  clickAck,
  startup,
  memory,
  memoryChat,
  timeout,
  runsBench,
  policyBench,
  auditBench,
  learningBench,
  answerBench,
]

const usage = `npm run bench -- NAME [--json] [--rounds N]

  NAME      ${benches.map((bench) => bench.name).join(', ')}
  --json    the last line is one JSON object
  --rounds  measured rounds, 5 or more are worth quoting (default 5); one more warms up
`

const readArguments = (): { bench: Bench; json: boolean; rounds: number } | string => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' } },
    })
    const [name = '', ...more] = positionals
    const bench = benches.find((each) => each.name === name)
    if (bench === undefined || more.length > 0)
      return `There is no bench ${positionals.join(' ') || 'without a name'}.`
    const rounds = Number(values.rounds)
    if (!Number.isInteger(rounds) || rounds < 1 || rounds > 50)
      return `--rounds: expected a whole number from 1 to 50, found ${values.rounds}.`
    return { bench, json: values.json, rounds }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const run = async (bench: Bench, rounds: number, json: boolean): Promise<void> => {
  const say = (line: string): void => console.log(line)
  for (const line of bench.about) say(line)
  const opened = await bench.open({ rounds, note: say })
  try {
    const { candidate, baselines } = opened
    const sides = [candidate, ...baselines.flatMap((side) => (isAbsent(side) ? [] : [side]))]
    const figures = await measureRounds(sides, rounds, say)
    const report = reportOf(bench, candidate.name, baselines, figures)
    say('')
    for (const line of [...toLines(report), ...opened.remarks()]) say(line)
    if (json) say(toJson(report, opened.overall?.()))
  } finally {
    await opened.close()
  }
}

const brokenOff: { closing: Promise<void> | null } = { closing: null }
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    brokenOff.closing ??= closeEverything().finally(() => process.exit(130))
  })

const given = readArguments()
if (typeof given === 'string') {
  process.stderr.write(`${given}\n\n${usage}`)
  process.exitCode = 2
} else
  try {
    await run(given.bench, given.rounds, given.json)
  } catch (error) {
    // What is under way fails when its processes are ended.
    if (brokenOff.closing === null) throw error
    await brokenOff.closing
  }
