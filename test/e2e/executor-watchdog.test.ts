import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { identityOf } from '../../adapters/actions/process/identity.ts'
import { killProcess } from '../../adapters/actions/process/kill-tree.ts'
import type { ProcessIdentity } from '../../src/app/ports.ts'
import { aKey } from '../support/executor.ts'
import { within } from '../support/patience.ts'
import { aNamedSleep, processesNaming } from '../support/process-table.ts'

/** What the watchdog does with a command whose worker died. */

async function aWorker(hold: 'hold' | 'run', script: string) {
  const worker = fork(join(import.meta.dirname, '../support/executor-worker.ts'), [
    aKey(),
    hold,
    '/bin/sh',
    '-c',
    script,
  ])
  onTestFinished(() => void worker.kill('SIGKILL'))
  const identity = await new Promise<ProcessIdentity>((resolve) => worker.once('message', resolve as never))
  const gone = new Promise((resolve) => worker.once('exit', resolve))
  return {
    identity,
    killed: async () => {
      worker.kill('SIGKILL')
      await gone
    },
  }
}

function aProcess(): { child: ChildProcess; identity: ProcessIdentity } {
  const child = spawn('sleep', [aNamedSleep()], { stdio: 'ignore', detached: true })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, identity: identityOf(child.pid!)! }
}

describe('after a worker was killed', () => {
  test('G3 the recorded command is killed with all it started', async () => {
    const name = aNamedSleep()
    const worker = await aWorker(
      'run',
      `trap "" TERM HUP PIPE; (setsid sh -c 'trap "" TERM; sleep ${name}; :' &); sleep ${name}; :`,
    )
    await vi.waitFor(() => expect(processesNaming(`sleep\0${name}`)).toHaveLength(2), within)
    await worker.killed()
    expect(processesNaming(`sleep\0${name}`)).toHaveLength(2)
    const said: string[] = []
    expect(await killProcess(worker.identity, (sentence) => said.push(sentence))).toBe('killed')
    expect(processesNaming(name)).toEqual([])
    expect(said.join()).toMatch(/was killed, and \d+ that it had started/)
    expect(await killProcess(worker.identity, () => undefined)).toBe('gone')
  })

  test('R1 a command that was not yet recorded never begins', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'suture-gate-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const worker = await aWorker('hold', `echo x > "${folder}/began"`)
    expect(identityOf(worker.identity.pid)).toEqual(worker.identity)
    await worker.killed()
    await vi.waitFor(() => expect(identityOf(worker.identity.pid)).not.toEqual(worker.identity), within)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('an identity', () => {
  test('G3 a pid that was given to another process is left alone', async () => {
    const { child, identity } = aProcess()
    const said: string[] = []
    const log = (sentence: string) => said.push(sentence)
    const earlier = { ...identity, startTicks: String(BigInt(identity.startTicks!) - 1n) }
    expect(await killProcess(earlier, log)).toBe('not_ours')
    expect(await killProcess({ ...identity, bootId: 'another-boot' }, log)).toBe('gone')
    expect(await killProcess({ ...identity, startTicks: null, bootId: null }, log)).toBe('not_ours')
    expect(child.exitCode ?? child.signalCode).toBeNull()
    expect(said).toHaveLength(3)
    expect(await killProcess(identity, log)).toBe('killed')
    await vi.waitFor(() => expect(child.signalCode).toBe('SIGKILL'), within)
  })

  test('G3 nothing can make it signal init, this process group or every process', async () => {
    for (const pid of [1, 0, -1, -process.pid, 1.5, Number.NaN])
      expect(await killProcess({ pid, startTicks: '1', bootId: null }, () => undefined)).toBe('not_ours')
  })

  test('G3 there is none for a process that does not exist', async () => {
    const { child, identity } = aProcess()
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    expect(identityOf(identity.pid)).toBeNull()
    expect(await killProcess(identity, () => undefined)).toBe('gone')
  })
})
