import { spawn, spawnSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { mostTogether } from '../test/chaos/cell.ts'
import { backends, type Case, type Kind, kinds, sampleOf } from '../test/chaos/plan.ts'
import { appendResult, isBad, readResults, table, told } from '../test/chaos/report.ts'
import { playRound } from '../test/chaos/round.ts'
import { hasRedis } from '../test/chaos/servers.ts'
import { makeRunFolder } from '../test/support/run-folder.ts'

// `npm run chaos`: real processes of Suture, killed and stopped at every place of a run, and what became of it.
// What is counted: each case is one run with a place of its own, and `held` means that the blow fell on the process while it had this run
// in its hands just there, and that every promise holds for this run. One blow may strike several such runs; a case that it did not
// strike is played again, up to three times, the last time alone, and is `missed` after that.
const usage = `npm run chaos -- --all | --seed N | --case ID [--only KIND] [--minutes N] [--cells N] [--together N] [--again]

  --all       every case; results go to .reports/chaos-<commit>.jsonl, and the next --all goes on where this one ended
  --seed N    the sample that N chooses, as npm test runs one
  --case ID   one case, by the id that a report names
  --only KIND ${kinds.join(', ')}
  --minutes N begins no case after this many minutes (default: no end for --all and --case, 2 for --seed)
  --cells N   Sutures with servers of their own at a time, for each backend (default 2)
  --together N cases that one Suture plays at the same time (default 8; 1 for --case)
  --again     plays cases anew that failed before
`

const read = () => {
  try {
    const { values } = parseArgs({
      options: {
        all: { type: 'boolean', default: false },
        seed: { type: 'string' },
        case: { type: 'string' },
        only: { type: 'string' },
        minutes: { type: 'string' },
        cells: { type: 'string', default: '2' },
        together: { type: 'string', default: String(mostTogether) },
        again: { type: 'boolean', default: false },
      },
    })
    const whole = (name: string, text: string, least: number, most: number): number => {
      const number = Number(text)
      if (!Number.isInteger(number) || number < least || number > most)
        throw new Error(`--${name}: expected a whole number from ${least} to ${most}, found ${text}.`)
      return number
    }
    const modes = [values.all, values.seed !== undefined, values.case !== undefined].filter(Boolean)
    if (modes.length !== 1) throw new Error('Say one of --all, --seed N and --case ID.')
    const only: Kind | undefined = kinds.find((kind) => kind === values.only)
    if (values.only !== undefined && only === undefined)
      throw new Error(`--only: there is no kind ${values.only}.`)
    return {
      ...values,
      seed: values.seed === undefined ? null : whole('seed', values.seed, 0, 2 ** 32 - 1),
      only: only ?? null,
      minutes: values.minutes === undefined ? null : whole('minutes', values.minutes, 1, 10_000),
      cells: whole('cells', values.cells, 1, 8),
      together: whole('together', values.together, 1, mostTogether),
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const commitOf = (): string => {
  const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' })
  const commit = process.env['CHAOS_COMMIT'] ?? stdout.trim()
  return commit === '' ? 'unknown' : commit
}

/** One folder for all of it, cleared up however this process ends: its end closes the pipe that the guardian reads. */
const openFolder = async (): Promise<string> => {
  const folder = await makeRunFolder()
  process.env['TMPDIR'] = folder
  const endRun = fileURLToPath(new URL('../test/support/end-run.ts', import.meta.url))
  const watching = ['-c', 'cat; exec "$@"', 'guardian', process.execPath, endRun, folder]
  spawn('sh', watching, { stdio: ['pipe', 'ignore', 'ignore'], detached: true }).unref()
  return folder
}

const given = read()
if (typeof given === 'string') {
  console.error(`${given}\n\n${usage}`)
  process.exit(2)
}
const path = `.reports/chaos-${commitOf()}.jsonl`
const before = given.all ? readResults(path) : []
const done = new Set(before.filter((result) => !given.again || !isBad(result)).map(({ id }) => id))

const choose = (plan: readonly Case[]): readonly Case[] => {
  const fitting = plan.filter(({ kind }) => given.only === null || kind === given.only)
  if (given.case !== undefined) {
    const found = fitting.filter(({ id }) => id === given.case)
    if (found.length === 0)
      throw new Error(`There is no case ${given.case}; its place may have gone with a change.`)
    return found
  }
  if (given.seed !== null) return sampleOf(fitting, given.seed)
  const left = fitting.filter(({ id }) => !done.has(id))
  console.log(
    `${fitting.length} cases, ${fitting.length - left.length} of them played before; results in ${path}`,
  )
  return left
}

const named = backends.find((backend) => given.case?.startsWith(`${backend}/`) === true)
const available = backends.filter((backend) => backend !== 'redis' || hasRedis)
if (!hasRedis) console.log('redis-server is not installed: only the queue on PostgreSQL is tried')
const minutes = given.minutes ?? (given.seed === null ? null : 2)
const folder = await openFolder()
const began = performance.now()
const { results, left } = await playRound({
  choose,
  backends: named === undefined ? available : [named],
  cellsPerBackend: given.case === undefined ? given.cells : 1,
  together: given.together,
  tries: 3,
  withinMs: minutes === null ? null : minutes * 60_000,
  onResult: (result, count, of) => {
    if (given.all) appendResult(path, result)
    if (isBad(result)) console.log(told(result))
    if (given.case !== undefined) console.log(JSON.stringify(result, null, 2))
    if (count % 50 === 0)
      console.log(`${count} of ${of} after ${Math.round((performance.now() - began) / 1_000)} s`)
  },
})
await rm(folder, { recursive: true, force: true, maxRetries: 5 })
const ids = new Set(results.map(({ id }) => id))
const all = [...before.filter(({ id }) => !ids.has(id)), ...results]
for (const line of table(all)) console.log(line)
const bad = all.filter(isBad)
for (const result of bad) console.log(told(result))
if (left > 0) console.log(`${left} cases are left for another time`)
process.exit(bad.length === 0 ? 0 : 1)
