/**
 * A receiver that would take other entries, and not this one: too large, or of a form that it does not know. Thrown by a
 * sink; `message` is a sentence without secrets. Anything else that a sink throws is a receiver that is away or broken.
 */
export class RefusedEntry extends Error {
  override readonly name = 'RefusedEntry'
}
