import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { detectConfinement, processGroup } from '../../adapters/actions/command/containment.ts'
import { createCommandExecutor } from '../../adapters/actions/command/executor.ts'
import { COMMAND_PATH } from '../../adapters/actions/command/start.ts'
import { createExecutors } from '../../adapters/actions/index.ts'
import type { PerformContext } from '../../src/app/ports.ts'
import { aCommandTarget, aContext, aRequest, monotonic } from '../support/executor.ts'
import { within } from '../support/patience.ts'
import { aNamedSleep, processesNaming } from '../support/process-table.ts'

const detected = detectConfinement(COMMAND_PATH)
const namespaces = detected.kind === 'pid_namespace'

const allowedCommands = ['/bin/sh', '/bin/echo', '/usr/bin/env', '/nowhere/tool', process.execPath]

describe.each([
  ['in a PID namespace', detected, namespaces],
  ['in a process group', processGroup, true],
] as const)('a command %s', (_, confinement, available) => {
  const executor = createCommandExecutor({ allowedCommands, clock: monotonic, confinement, graceMs: 200 })
  const perform = (argv: string[], over = {}, context = aContext(), cwd?: string) =>
    executor.perform(aRequest({ target: aCommandTarget(argv, cwd), ...over }), context)
  const sh = (script: string, over = {}, context = aContext()) =>
    perform(['/bin/sh', '-c', script], over, context)
  const it = test.skipIf(!available)

  it('R1 gets its arguments as they are, through no shell', async () => {
    const context = aContext()
    const result = await perform(['/bin/echo', '$HOME `id`', "it's; rm -rf *", '', 'a\nb'], {}, context)
    expect(context.text('stdout')).toBe("$HOME `id` it's; rm -rf *  a\nb\n")
    expect(result).toEqual({ status: 'succeeded', summary: 'b' })
  })

  it('R1 gets a clean environment, its folder and no input', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'suture cwd '))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    vi.stubEnv('SUTURE_SECRET_LAB_TOKEN', 'must not be passed on')
    onTestFinished(() => void vi.unstubAllEnvs())
    const context = aContext()
    await perform(['/usr/bin/env'], { effectKey: 'run-7.clean' }, context, folder)
    const names = context.text('stdout').trim().split('\n').sort()
    expect(names.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line))).toEqual([
      'LANG=C.UTF-8',
      `PATH=${COMMAND_PATH}`,
      'SUTURE_EFFECT_KEY=run-7.clean',
      expect.stringMatching(/^SUTURE_TIMEOUT_MS=(4\d{3}|5000)$/),
    ])
    const where = aContext()
    await perform(
      ['/bin/sh', '-c', 'pwd; cat; if (: <&3) 2>/dev/null; then echo open; else echo closed; fi'],
      {},
      where,
      folder,
    )
    expect(where.text('stdout')).toBe(`${folder}\nclosed\n`)
  })

  it('R1 fails with its code and its last words, or with its signal', async () => {
    expect(await sh('echo working; echo "no such unit" >&2; exit 3')).toEqual({
      status: 'failed',
      summary: 'ended with 3: no such unit',
    })
    const killed = await sh('kill -KILL $$')
    expect(killed).toMatchObject({
      status: 'failed',
      summary: expect.stringMatching(/^ended (by SIGKILL|with 137)/) as string,
    })
  })

  it('R1 what is not on this machine or not allowed is not started', async () => {
    const context = aContext()
    for (const argv of [['/nowhere/tool'], ['/bin/ls'], ['echo']])
      expect((await perform(argv, {}, context)).summary).toMatch(/^nothing was started: /)
    expect((await perform(['/bin/echo'], {}, context, '/nowhere')).summary).toMatch(/cwd \/nowhere/)
    expect(context.identities).toHaveLength(0)
  })

  it('R1 begins only after its process was recorded and the lease was confirmed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'suture-gate-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const touch = (over: Partial<PerformContext>) => sh(`echo x > "${folder}/began"`, {}, aContext(over))
    const order: string[] = []
    expect(
      await touch({
        onProcess: async ({ pid, startTicks }) => {
          order.push(`recorded ${readdirSync(folder).length}`)
          expect(startTicks).toBe(
            readFileSync(`/proc/${pid}/stat`, 'utf8')
              .replace(/^.*\) /s, '')
              .split(' ')[19],
          )
        },
        mayAct: () => {
          order.push(`asked ${readdirSync(folder).length}`)
          return false
        },
      }),
    ).toMatchObject({ status: 'canceled', effect: 'none' })
    expect(order).toEqual(['recorded 0', 'asked 0'])
    const failing = await touch({ onProcess: () => Promise.reject(new Error('database is gone')) })
    expect(failing).toMatchObject({
      status: 'failed',
      summary: expect.stringContaining('database is gone') as string,
    })
    const signal = AbortSignal.timeout(50)
    const hanging = await touch({ onProcess: () => new Promise(() => undefined), signal })
    expect(hanging).toMatchObject({ status: 'timed_out', effect: 'none' })
    expect(await touch({ signal })).toMatchObject({ status: 'timed_out', effect: 'none' })
    expect(readdirSync(folder)).toEqual([])
    expect(await touch({})).toMatchObject({ status: 'succeeded' })
    expect(readdirSync(folder)).toEqual(['began'])
  })

  it('G3 gets SIGTERM at its timeout and may tidy up', async () => {
    const context = aContext()
    const script = 'trap "echo tidied; exit 0" TERM; echo ready; while :; do sleep 0.05; done'
    const result = await sh(script, { timeoutMs: 400 }, context)
    expect(result).toEqual({
      status: 'timed_out',
      effect: 'maybe',
      summary: 'no end within 400 ms; it ended on SIGTERM',
    })
    expect(context.text('stdout')).toBe('ready\ntidied\n')
  })

  it('G3 is killed when it ignores SIGTERM, and overshoots only by the grace', async () => {
    const name = aNamedSleep()
    const began = performance.now()
    const context = aContext()
    const result = await sh(`trap "" TERM; while :; do sleep ${name}; done`, { timeoutMs: 400 }, context)
    expect(context.text()).toBe('')
    expect(result).toMatchObject({
      status: 'timed_out',
      summary: expect.stringContaining('was killed') as string,
    })
    expect(performance.now() - began).toBeGreaterThanOrEqual(399)
    expect(performance.now() - began).toBeLessThan(30_000)
    expect(processesNaming(name)).toEqual([])
  })

  it('G3 takes everything it started along: TERM ignored, setsid, double fork, many', async () => {
    const name = aNamedSleep()
    const script = [
      'trap "" TERM',
      `sleep ${name} &`,
      `setsid sleep ${name} &`,
      `(setsid sh -c 'trap "" TERM HUP; sleep ${name} & sleep ${name}' &)`,
      `for n in 1 2 3 4 5; do (setsid nohup sleep ${name} >/dev/null 2>&1 &); done`,
      'echo up',
      `sleep ${name}`,
    ].join('\n')
    const controller = new AbortController()
    const context = aContext({ signal: controller.signal })
    const ending = sh(script, {}, context)
    await vi.waitFor(() => expect(processesNaming(`sleep\0${name}`)).toHaveLength(10), within)
    controller.abort()
    expect(await ending).toMatchObject({ status: 'canceled', effect: 'maybe' })
    expect(processesNaming(name)).toEqual([])
  })

  it('G3 leaves nobody behind who holds its output after it succeeded', async () => {
    const name = aNamedSleep()
    const began = performance.now()
    const result = await sh(`(setsid sleep ${name} &); echo done`)
    expect(result).toEqual({ status: 'succeeded', summary: 'done' })
    expect(performance.now() - began).toBeLessThan(30_000)
    await vi.waitFor(() => expect(processesNaming(name)).toEqual([]), within)
  })

  it('R1 a flood is cut to its first megabyte and its last 64 KB', async () => {
    const context = aContext()
    const script = 'yes 0123456789abcdef | head -c 30000000; echo; echo the end'
    const result = await sh(script, { timeoutMs: 10_000 }, context)
    expect(result).toEqual({ status: 'succeeded', summary: 'the end' })
    expect(context.text('stdout').length).toBeLessThanOrEqual(1024 * 1024 + 64 * 1024)
    expect(context.text('stdout')).toMatch(/the end\n$/)
    expect(context.text('note')).toMatch(/more than 1 MB.*\n\d+ bytes of output left out here\n$/)
  })

  it('G3 an endless flood ends at the timeout', async () => {
    const result = await sh('yes', { timeoutMs: 300 })
    expect(result).toMatchObject({ status: 'timed_out', effect: 'maybe' })
  })

  it('R1 binary output is shown as text', async () => {
    const context = aContext()
    await sh(`printf 'a\\000b\\033[31mred\\377\\n'`, {}, context)
    expect(context.text('stdout')).toBe('abred\ufffd\n')
  })
})

describe('containment', () => {
  test.skipIf(!namespaces)('G3 in a PID namespace even a cleared environment does not get away', async () => {
    const name = aNamedSleep()
    const executor = createCommandExecutor({ allowedCommands, clock: monotonic, graceMs: 100 })
    const script = `(setsid env -i /bin/sh -c 'trap "" TERM; sleep ${name}; :' &); echo up; sleep ${name}`
    const controller = new AbortController()
    const context = aContext({ signal: controller.signal })
    const ending = executor.perform(aRequest({ target: aCommandTarget(['/bin/sh', '-c', script]) }), context)
    await vi.waitFor(() => expect(processesNaming(`sleep\0${name}`)).toHaveLength(2), within)
    controller.abort()
    expect(await ending).toMatchObject({ status: 'canceled' })
    expect(processesNaming(name)).toEqual([])
  })

  test('G3 health says how commands are held and what could escape', () => {
    const executors = createExecutors({
      secrets: { read: async () => null },
      allowedCommands: [],
      clock: monotonic,
    })
    expect([...executors.keys()].sort()).toEqual(['command', 'docker', 'http', 'kubernetes', 'systemd'])
    expect(executors.containment()).toEqual({ kind: detected.kind, sentence: detected.sentence })
    expect(processGroup.sentence).toContain('could outlive its timeout')
  })

  test('G3 where unshare is not to be had, the process group is what is left', () =>
    expect(detectConfinement('/nowhere')).toBe(processGroup))
})
