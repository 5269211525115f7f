import { Socket } from 'node:net'

/**
 * What is written before the event loop goes on leaves in one system call: statements that start together, and a
 * transaction's beginning with them. `pg` corks the socket for the parts of each statement and uncorks it at once.
 */
export class GatheringSocket extends Socket {
  override uncork(): void {
    process.nextTick(() => super.uncork())
  }

  /** Copied into one: a statement is five small pieces, and handing over each of a hundred costs more than the copy. */
  override _writev(
    pieces: readonly { readonly chunk: Buffer | string; readonly encoding: BufferEncoding }[],
    callback: (error?: Error | null) => void,
  ): void {
    this._write(
      Buffer.concat(
        pieces.map(({ chunk, encoding }) =>
          typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk,
        ),
      ),
      'buffer' as BufferEncoding,
      callback,
    )
  }
}
