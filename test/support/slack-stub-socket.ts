import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** The server's half of a websocket (RFC 6455): whole frames, no extensions. A stub of our own, for Socket Mode alone. */
export interface StubSocket {
  /** How often the other side pinged. */
  readonly pings: number
  readonly open: boolean
  readonly send: (message: object | string) => void
  readonly ping: () => void
  /** The polite way: a close frame. The connection below stays, as it does at Slack. */
  readonly close: (code?: number) => void
  /** The rude way: the connection is gone. */
  readonly cut: () => void
}

export interface SocketManners {
  /** Whether `hello` is sent once the socket is open. */
  hello: boolean
  /** Whether pings are answered: without, the connection looks alive and is dead. */
  pong: boolean
  /** Whether a close frame of the other side is answered. */
  answersClose: boolean
  /** Whether the connection stays open after the close frames, as it does at Slack. */
  keepsConnection: boolean
}

export interface SocketEvents {
  readonly manners: SocketManners
  readonly onText: (text: string) => void
  /** Something about this socket is different now. */
  readonly onChange: () => void
}

const opcode = { text: 1, close: 8, ping: 9, pong: 10 } as const

const frame = (op: number, payload: Buffer): Buffer => {
  const size = payload.length
  const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10)
  head[0] = 0x80 | op
  if (size < 126) head[1] = size
  else if (size < 65_536) {
    head[1] = 126
    head.writeUInt16BE(size, 2)
  } else {
    head[1] = 127
    head.writeBigUInt64BE(BigInt(size), 2)
  }
  return Buffer.concat([head, payload])
}

/** The first whole frame of what a client sent, unmasked, and how many bytes it took; null when more must come. */
const readFrame = (bytes: Buffer): { op: number; payload: Buffer; size: number } | null => {
  if (bytes.length < 2) return null
  const short = bytes.readUInt8(1) & 127
  const start = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < start + 4) return null
  const length =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const size = start + 4 + length
  if (bytes.length < size) return null
  const mask = bytes.subarray(start, start + 4)
  const payload = Buffer.from(bytes.subarray(start + 4, size).map((byte, at) => byte ^ (mask[at & 3] ?? 0)))
  return { op: bytes.readUInt8(0) & 15, payload, size }
}

const acceptKey = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

export const acceptSocket = (request: IncomingMessage, wire: Duplex, events: SocketEvents): StubSocket => {
  let pings = 0
  let open = true
  let pending = Buffer.alloc(0)
  const write = (op: number, payload: Buffer): void => {
    if (wire.writable) wire.write(frame(op, payload))
  }
  const ended = (): void => {
    open = false
    events.onChange()
  }
  const take = (op: number, payload: Buffer): void => {
    if (op === opcode.text) events.onText(payload.toString('utf8'))
    if (op === opcode.ping) {
      pings++
      if (events.manners.pong) write(opcode.pong, payload)
    }
    if (op === opcode.close) {
      if (events.manners.answersClose) write(opcode.close, payload)
      if (!events.manners.keepsConnection) wire.end()
      ended()
    }
    events.onChange()
  }
  wire.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    for (let next = readFrame(pending); next !== null; next = readFrame(pending)) {
      pending = pending.subarray(next.size)
      take(next.op, next.payload)
    }
  })
  wire.on('close', ended)
  wire.on('error', ended)
  wire.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(
      request.headers['sec-websocket-key'] ?? '',
    )}\r\n\r\n`,
  )
  return {
    get pings() {
      return pings
    },
    get open() {
      return open
    },
    send: (message) =>
      write(opcode.text, Buffer.from(typeof message === 'string' ? message : JSON.stringify(message))),
    ping: () => write(opcode.ping, Buffer.from('ping from the stub')),
    close: (code = 1000) => {
      write(opcode.close, Buffer.from([code >> 8, code & 255]))
      ended()
    },
    cut: () => {
      wire.destroy()
      ended()
    },
  }
}
