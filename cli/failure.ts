import type { Problem } from '../src/http/schemas/common.ts'

/** How the command ended, for scripts. Documented in docs/cli.md; never renumbered. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, unreachable: 3 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Something a person is told: what went wrong, the facts of it, and what to do. */
export class CliFailure extends Error {
  readonly exitCode: ExitCode
  readonly title: string
  readonly remedy: string
  /** The server's own words, when it was the server that refused. */
  readonly problem: Problem | null

  constructor(
    exitCode: ExitCode,
    title: string,
    detail: string,
    remedy: string,
    more: { problem?: Problem; cause?: unknown } = {},
  ) {
    super(detail, more.cause === undefined ? {} : { cause: more.cause })
    this.exitCode = exitCode
    this.title = title
    this.remedy = remedy
    this.problem = more.problem ?? null
  }
}

export const refusedBy = (problem: Problem): CliFailure =>
  new CliFailure(exitCodes.failed, problem.title, problem.detail, problem.remedy, { problem })
