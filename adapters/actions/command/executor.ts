import type {
  ActionExecutor,
  Clock,
  PerformContext,
  ProcessIdentity,
  StepCallRequest,
  StepCallResult,
} from '../../../src/app/ports.ts'
import { type Deadline, spokenDuration, startDeadline } from '../deadline.ts'
import { identityOf } from '../process/identity.ts'
import { type KnownSecret, redactionOf } from '../redact.ts'
import { oneLine } from '../text.ts'
import { type BoundCommand, bindCommand, describeCommand, unstartable } from './bind-command.ts'
import { type Confinement, type Containment, detectConfinement } from './containment.ts'
import { createOutputCollector, type OutputCollector } from './output.ts'
import { COMMAND_PATH, type Ending, type StartedCommand, startCommand } from './start.ts'
import { settlesWithin, stopCommand, sweep } from './stop.ts'

export interface CommandExecutorOptions {
  /** Absolute paths; an empty list allows nothing. */
  readonly allowedCommands: readonly string[]
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Between SIGTERM and SIGKILL [2000], less where the step itself is short. It is part of the step's time. */
  readonly graceMs?: number
  /** Every secret this process knows: a command may find one elsewhere and print it. [none] */
  readonly knownSecrets?: () => Promise<readonly KnownSecret[]>
  /** Instead of trying what this machine permits. */
  readonly confinement?: Confinement
}

export interface CommandExecutor extends ActionExecutor {
  readonly containment: () => Containment
  /** For health: what could escape. */
  readonly containmentSentence: () => string
}

/** How long a pipe may stay open once the process has ended: what is buffered is read in far less. */
const DRAIN_MS = 250

/**
 * Performs a step by one command: an argument vector without a shell, a clean environment, and an end for all it
 * started when it ends. A command that is to start a service must ask a service manager to.
 */
export function createCommandExecutor(options: CommandExecutorOptions): CommandExecutor {
  let found = options.confinement
  const confinement = () => (found ??= detectConfinement(COMMAND_PATH))
  return {
    kind: 'command',
    containment: () => confinement().kind,
    containmentSentence: () => confinement().sentence,
    perform: async (request, context) => {
      const call = bindCommand(request, options.allowedCommands)
      const problem = call.ok ? unstartable(call.value) : call.problem
      if (!call.ok || problem !== null)
        return { status: 'failed', summary: `nothing was started: ${problem}` }
      return await run(call.value, request, context, { ...options, confinement: confinement() })
    },
    probe: async () => 'cannot_tell',
    render: (request) => {
      const call = bindCommand(request, options.allowedCommands)
      return call.ok ? describeCommand(call.value) : `cannot be run: ${call.problem}`
    },
  }
}

type RunOptions = CommandExecutorOptions & { readonly confinement: Confinement }

async function run(
  call: BoundCommand,
  request: StepCallRequest,
  context: PerformContext,
  options: RunOptions,
): Promise<StepCallResult> {
  const { clock } = options
  const endMs = clock.monotonicMs() + request.timeoutMs
  const graceMs = graceWithin(request.timeoutMs, options.graceMs)
  // The timeout is hard: SIGTERM comes before it, so that SIGKILL can come at it.
  const deadline = startDeadline(clock, request.timeoutMs - graceMs, context.signal)
  const leftMs = () => Math.max(0, endMs - clock.monotonicMs())
  try {
    const redaction = redactionOf((await options.knownSecrets?.()) ?? [])
    if (deadline.interruption() !== null) return notBegun(deadline, request)
    const { effectKey } = request
    const command = startCommand(call, options.confinement, { effectKey, timeoutMs: deadline.remainingMs() })
    const output = createOutputCollector(context.onOutput, redaction)
    output.read('stdout', command.stdout)
    output.read('stderr', command.stderr)
    const identity = command.child.pid === undefined ? null : identityOf(command.child.pid)
    if (identity === null) return describeEnding(await command.ended, output)
    return await supervise({
      command,
      identity,
      output,
      request,
      context,
      deadline,
      graceMs,
      leftMs,
      options,
    })
  } finally {
    deadline.stop()
  }
}

/** A tenth of the step's time, 100 ms at least where that leaves most of it, 2 s at most. */
const graceWithin = (timeoutMs: number, longestMs = 2_000): number =>
  Math.min(longestMs, Math.max(100, timeoutMs / 10), timeoutMs / 4)

interface Supervision {
  readonly command: StartedCommand
  readonly identity: ProcessIdentity
  readonly output: OutputCollector
  readonly request: StepCallRequest
  readonly context: PerformContext
  /** When the command is asked to end; what is left then is its grace. */
  readonly deadline: Deadline
  readonly graceMs: number
  /** Until the hard end. */
  readonly leftMs: () => number
  readonly options: RunOptions
}

async function supervise(all: Supervision): Promise<StepCallResult> {
  const { command, identity, output, request, deadline, graceMs, leftMs, options } = all
  const { effectKey, timeoutMs } = request
  // What comes after SIGKILL is no longer the command's: some versions of unshare complain when their child is killed.
  const beforeKill = output.mute
  const stopping = { command, identity, effectKey, kind: options.confinement.kind, beforeKill }
  const refusal = await admit(all)
  if (refusal !== null) {
    command.close()
    await stopCommand(stopping, Math.min(DRAIN_MS, leftMs()))
    return refusal
  }
  command.open()
  const first = await Promise.race([command.ended, aborted(deadline.signal)])
  const stop = first === null ? await stopCommand(stopping, Math.min(graceMs, leftMs())) : null
  // Killed means that nobody was left to be found.
  if (stop !== 'killed') sweep(stopping)
  if (!(await settlesWithin(command.drained, DRAIN_MS))) {
    // Someone out of reach still holds the pipe: what it writes is no longer read, and nothing waits for it.
    command.stdout.destroy()
    command.stderr.destroy()
  }
  output.finish()
  if (first !== null) return describeEnding(first, output)
  const why = deadline.interruption() ?? 'canceled'
  const how = why === 'timed_out' ? `no end within ${spokenDuration(timeoutMs)}` : 'canceled'
  return { status: why, effect: 'maybe', summary: `${how}; ${stopWords[stop ?? 'ended']}` }
}

const stopWords = {
  ended: 'it ended on SIGTERM',
  killed: 'it ignored SIGTERM and was killed',
  stuck: 'it was killed but still stands: the kernel holds it',
} as const

/** The last questions before the command begins; anything but a clear yes is a result without an effect. */
async function admit({ identity, request, context, deadline }: Supervision): Promise<StepCallResult | null> {
  const recording = context.onProcess(identity).then(
    () => null,
    (error: unknown) =>
      `its process could not be recorded (${error instanceof Error ? error.message : String(error)})`,
  )
  const problem = await Promise.race([recording, aborted(deadline.signal)])
  if (deadline.interruption() !== null) return notBegun(deadline, request)
  if (problem !== null) return { status: 'failed', summary: `nothing was started: ${problem}` }
  if (context.mayAct()) return null
  return {
    status: 'canceled',
    effect: 'none',
    summary: 'nothing was started: this worker no longer holds the run',
  }
}

function notBegun(deadline: Deadline, { timeoutMs }: StepCallRequest): StepCallResult {
  const status = deadline.interruption() ?? 'canceled'
  const how = status === 'timed_out' ? `the ${spokenDuration(timeoutMs)} were up` : 'canceled'
  return { status, effect: 'none', summary: `${how} before the command began` }
}

function describeEnding(ending: Ending, output: OutputCollector): StepCallResult {
  if (ending.kind === 'not_started')
    return { status: 'failed', summary: `nothing was started: ${ending.problem}` }
  const { code, signal } = ending
  const said = oneLine(output.lastLine(code !== 0), 200)
  if (code === 0) return { status: 'succeeded', summary: said || 'ended with 0' }
  const how = code === null ? `ended by ${signal ?? 'a signal'}` : `ended with ${code}`
  return { status: 'failed', summary: said === '' ? how : `${how}: ${said}` }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', () => resolve(null), { once: true })
  })
}
