import { Socket } from 'node:net'

/**
 * What is written before the event loop goes on leaves in one system call: statements that start together, and a
 * transaction's beginning with them. `pg` corks the socket for the parts of each statement and uncorks it at once.
 */
export class GatheringSocket extends Socket {
  override uncork(): void {
    process.nextTick(() => super.uncork())
  }
}
