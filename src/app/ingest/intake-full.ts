/** More alerts wait to be written than memory should hold. None of this request was taken: its sender tries again. */
export class IntakeFull extends Error {
  override readonly name = 'IntakeFull'
  readonly retryAfterMs = 2_000
  readonly waiting: number

  constructor(waiting: number, most: number) {
    super(`${waiting} alerts wait to be written, of at most ${most}; send it again in a moment`)
    this.waiting = waiting
  }
}
