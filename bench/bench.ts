import type { Bound, Overall } from './measure/report.ts'
import type { AbsentSide, Side } from './measure/rounds.ts'

/** One question about speed or size, and how to answer it here. */
export interface Bench {
  readonly name: string
  readonly unit: string
  /** What is measured, and how the ratio is to be read; printed above the figures. */
  readonly about: readonly string[]
  readonly bounds: Readonly<Record<string, Bound>>
  readonly open: (options: BenchOptions) => Promise<OpenBench>
}

export interface BenchOptions {
  readonly rounds: number
  /** Progress, for people. */
  readonly note: (line: string) => void
}

export interface OpenBench {
  readonly candidate: Side
  readonly baselines: readonly (Side | AbsentSide)[]
  /** Where the median of the rounds is not what was asked for. */
  readonly overall?: () => Overall
  /** More that was seen, told after the figures. */
  readonly remarks: () => readonly string[]
  /** Ends every process and removes every file of this bench. */
  readonly close: () => Promise<void>
}
