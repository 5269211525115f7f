// `npm run check`: the four static checks, one after the other, each told with its time. All of them run even when one
// fails, so that one look shows everything.
import { spawnSync } from 'node:child_process'

const checks: readonly { name: string; command: readonly [string, ...string[]]; remedy: string }[] = [
  { name: 'types', command: ['tsc', '--pretty'], remedy: 'fix the types; there is no escape hatch' },
  { name: 'format', command: ['biome', 'check', '--colors=force'], remedy: '`npm run fix` repairs it' },
  {
    name: 'lint',
    command: ['oxlint'],
    remedy: 'the rules stand in .oxlintrc.json; `npm run fix` repairs some',
  },
  { name: 'dead code', command: ['knip', '--no-progress'], remedy: 'delete what nobody uses, or use it' },
]

const failed: string[] = []
for (const { name, command, remedy } of checks) {
  const [program, ...args] = command
  const started = performance.now()
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (status === 0) {
    console.log(`ok    ${name} (${program}, ${seconds} s)`)
    continue
  }
  failed.push(name)
  console.log(`${error?.message ?? ''}${stdout}${stderr}`.trimEnd())
  console.log(`FAIL  ${name} (${program}, ${seconds} s): ${remedy}\n`)
}
if (failed.length > 0) {
  console.log(`check failed: ${failed.join(', ')}`)
  process.exitCode = 1
}
