import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import type { AuditSink, SinkRecord } from '../../src/app/ports.ts'
import { frameOf, messageOf } from './frame.ts'

export interface SyslogOptions {
  readonly secure: boolean
  readonly host: string
  readonly port: number
  /** In PEM; null for those that Node trusts. */
  readonly authority: string | null
  /** Of this Suture, as it calls itself in the messages. */
  readonly ownHost: string
  readonly withinMs?: number
  readonly settleMs?: number
}

/**
 * Syslog has no answer that says "I have it". So each batch has a connection of its own: everything is written, nothing may end or
 * break while that arrives, then our end is closed, and only a peer that closes its own end in order, which it does when it has
 * read everything, counts. A peer that breaks off with bytes unread is reset by its kernel, and the batch is sent again.
 */
export const createSyslogSink = (options: SyslogOptions): AuditSink => {
  const { ownHost, withinMs = 10_000, settleMs = 200 } = options
  return async (records) => {
    const frames = Buffer.concat(records.map((record) => frameOf(messageOf(syslogOf(record, ownHost)))))
    const socket = open(options)
    try {
      await exchange(socket, frames, options.secure, withinMs, settleMs)
    } finally {
      socket.destroy()
    }
  }
}

const syslogOf = (record: SinkRecord, host: string) => ({
  severity: severityOf[record.severity] ?? 6,
  at: record.at,
  host,
  messageId: record.event,
  parameters: {
    id: record.id,
    tenant: record.tenantId,
    log: record.origin,
    index: String(record.index),
    actor: record.actor,
    subject: record.subject,
  },
  text: record.json,
})

/** From OCSF's severity: critical 2, error 3, warning 4, notice 5, informational 6. */
const severityOf: Readonly<Record<number, number>> = { 1: 6, 2: 5, 3: 4, 4: 3, 5: 2 }

const open = ({ secure, host, port, authority }: SyslogOptions): Socket =>
  secure
    ? connectTls({
        host,
        port,
        minVersion: 'TLSv1.2',
        // The name is checked in any case; it is told to the server only where it is one.
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(authority === null ? {} : { ca: authority }),
      })
    : connectTcp({ host, port })

const exchange = async (
  socket: Socket,
  frames: Buffer,
  secure: boolean,
  withinMs: number,
  settleMs: number,
): Promise<void> => {
  const ended = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  let isOver = false
  const fail = (error: Error): void => {
    isOver = true
    opened.reject(error)
    ended.reject(error)
  }
  // Either may be awaited late, or never.
  ended.promise.catch(() => undefined)
  opened.promise.catch(() => undefined)
  socket.setTimeout(withinMs, () => fail(new Error(`it does not answer within ${withinMs / 1000} s`)))
  socket.on('error', (error) => fail(new Error(wordsOf(error), { cause: error })))
  socket.on('end', () => {
    isOver = true
    ended.resolve()
  })
  socket.on('close', () => fail(new Error('it broke the connection off')))
  socket.once(secure ? 'secureConnect' : 'connect', () => opened.resolve())
  // Whatever it says is nothing that syslog knows; it has to be read all the same, so that its end is seen.
  socket.resume()
  await opened.promise
  await Promise.race([
    new Promise<void>((written) => {
      socket.write(frames, () => written())
    }),
    ended.promise,
  ])
  await Promise.race([pause(settleMs, undefined, { ref: false }), ended.promise])
  if (isOver) throw new Error('it closed the connection before everything had arrived')
  socket.end()
  await ended.promise
}

const wordsOf = (error: Error): string => {
  const code = 'code' in error ? String(error.code) : ''
  return code === '' ? error.message : `${error.message} (${code})`
}
