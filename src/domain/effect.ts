/** Work that a commit leaves behind. The row in `outbox` is the truth; ringing the queue is only a doorbell. */

export const effectKinds = [
  'heal',
  'run',
  'expire_approval',
  'remind_approval',
  'silence',
  'break_glass',
  'freeze',
] as const
export type EffectKind = (typeof effectKinds)[number]

export interface Effect {
  readonly kind: EffectKind
  /**
   * What to work on: an incident id for `heal`, a run id for `run`, a request id for `expire_approval` and
   * `remind_approval`, a silence id for `silence`, the id of a broken glass for `break_glass`,
   * of a freeze for `freeze`.
   */
  readonly key: string
  /** Not before this; at once when absent. */
  readonly dueAt?: Temporal.Instant
}
