import type { IncomingMessage } from 'node:http'
import { rejectionTable } from '../domain/rejection.ts'
import { HttpProblem } from './problem.ts'
import { parseStrictJson, StrictJsonError, type StrictJsonLimits } from './strict-json.ts'

/** Bodies are bounded while they are read: a sender that names no length, or a wrong one, gains nothing. */

const tooLarge = (limit: number, found: string): HttpProblem =>
  new HttpProblem({
    status: 413,
    title: 'Too large',
    code: 'too_large',
    detail: `body: expected at most ${limit} bytes, found ${found}.`,
    remedy: 'Send less at once.',
    field: 'body',
    // What is still on its way is not read, so the connection cannot be used for another request.
    headers: { connection: 'close' },
  })

const broken = (): HttpProblem =>
  new HttpProblem({
    status: 400,
    title: 'Broken off',
    code: 'invalid',
    detail: 'body: the request ended before its body did.',
    remedy: 'Send it again.',
    field: 'body',
  })

/** All bytes of the body. `incoming` is Node's own request where there is one: reading it directly is several times faster. */
export const readBody = async (
  request: Request,
  incoming: IncomingMessage | undefined,
  limit: number,
): Promise<Uint8Array> => {
  const announced = Number(incoming?.headers['content-length'] ?? request.headers.get('content-length') ?? 0)
  if (announced > limit) throw tooLarge(limit, String(announced))
  return incoming === undefined ? readStream(request.body, limit) : readIncoming(incoming, limit)
}

const readIncoming = (incoming: IncomingMessage, limit: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const done = (): void => {
      incoming.off('data', onData)
      incoming.off('end', onEnd)
      incoming.off('close', onClose)
      incoming.off('error', onClose)
    }
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      if (size > limit) {
        done()
        incoming.pause()
        reject(tooLarge(limit, 'more'))
      } else chunks.push(chunk)
    }
    const onEnd = (): void => {
      done()
      const [only] = chunks
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks))
    }
    const onClose = (): void => {
      done()
      reject(broken())
    }
    if (incoming.readableEnded) return onEnd()
    if (incoming.destroyed) return onClose()
    incoming.on('data', onData)
    incoming.on('end', onEnd)
    incoming.on('close', onClose)
    incoming.on('error', onClose)
  })

const readStream = async (stream: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array> => {
  if (stream === null) return new Uint8Array(0)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size > limit) throw tooLarge(limit, 'more')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const jsonType = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i

/** Anything but JSON is refused by its type: that is also what stops a foreign page's form, which cannot send JSON. */
export const requireJson = (contentType: string | null): void => {
  if (contentType !== null && jsonType.test(contentType)) return
  throw new HttpProblem({
    status: 415,
    title: 'Not JSON',
    code: 'invalid',
    detail: `Content-Type: expected application/json, found ${contentType === null || contentType === '' ? 'none' : contentType.slice(0, 100)}.`,
    remedy: 'Send JSON in UTF-8 with Content-Type: application/json.',
    field: 'Content-Type',
  })
}

/** Throws HttpProblem 400, or 413, naming the field or the place. */
export const parseJsonBody = (
  bytes: Uint8Array,
  limits: StrictJsonLimits,
  /** A field whose problems are of a layer of governance, such as the parameters of a run. */
  bounded: string | null = null,
): unknown => {
  try {
    return parseStrictJson(bytes, limits)
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error
    if (bounded !== null && error.field?.startsWith(bounded) === true)
      throw new HttpProblem({
        status: rejectionTable.parameter_bounds.status,
        title: rejectionTable.parameter_bounds.title,
        code: 'parameter_bounds',
        detail: `${error.message}.`,
        remedy: 'Correct it and send it again; nothing was changed.',
        field: error.field,
        facts: { reason: error.code },
      })
    throw new HttpProblem({
      status: error.code === 'too_large' ? 413 : 400,
      title: error.code === 'too_large' ? 'Too large' : 'Not acceptable as JSON',
      code: error.code === 'too_large' ? 'too_large' : 'invalid',
      detail: `${error.message}.`,
      remedy: 'Correct the body and send again.',
      field: error.field === null || error.field === '' ? 'body' : error.field,
      facts: { reason: error.code, offset: error.offset },
    })
  }
}
