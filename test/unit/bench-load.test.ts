import { describe, expect, it } from 'vitest'
import { alertParsers } from '../../adapters/alerts/index.ts'
import { busyMix, roundStream, runLength, stormStream } from '../../bench/load/alert-stream.ts'
import { alertmanagerBody, inBatches, webhookBody } from '../../bench/load/bodies.ts'
import { readAnswer } from '../../bench/load/http-load.ts'

const startsAt = '2026-11-22T15:00:00Z'
const options = { round: 3, alerts: 2_000, groups: 500, runLength, mix: busyMix, startsAt }

describe('the load of a bench', () => {
  it('the same round is the same stream for every side, another round is another', () => {
    expect(roundStream(options)).toEqual(roundStream(options))
    expect(roundStream({ ...options, round: 4 })).not.toEqual(roundStream(options))
  })

  it('a round repeats and ends only what it has sent before, in about the shares it claims', () => {
    const stream = roundStream(options)
    const firing = new Set<string>()
    let fresh = 0
    let repeated = 0
    for (const { status, instance } of stream) {
      if (status === 'resolved') expect(firing.delete(instance)).toBe(true)
      else if (firing.has(instance)) repeated += 1
      else {
        firing.add(instance)
        fresh += 1
      }
    }
    expect(stream).toHaveLength(options.alerts)
    expect(fresh / options.alerts).toBeGreaterThan(0.4)
    expect(repeated / options.alerts).toBeGreaterThan(0.2)
  })

  it('a storm has every alert once, over all of its services', () => {
    const storm = stormStream(1, 500, 20, startsAt)
    expect(new Set(storm.map(({ instance }) => instance)).size).toBe(500)
    expect(new Set(storm.map(({ service }) => service)).size).toBe(20)
  })

  it('Suture reads every alert of a body, as the stream means it', () => {
    for (const batch of inBatches(roundStream(options), 50)) {
      const parsed = alertParsers.alertmanager(JSON.parse(webhookBody(batch)), {
        receivedAt: Temporal.Instant.from(startsAt),
      })
      expect(parsed.rejected).toEqual([])
      expect(parsed.alerts.map(({ service, status }) => ({ service, status }))).toEqual(
        batch.map(({ service, status }) => ({ service, status })),
      )
      expect(JSON.parse(alertmanagerBody(batch))).toHaveLength(batch.length)
    }
  })

  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{}', null],
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}', { status: 200, body: '{}' }],
    ['HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n', null],
    ['HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n', { status: 503 }],
    ['HTTP/1.1 200 OK\r\nContent', null],
  ])('an answer is read once it is complete: %j', (text, expected) => {
    if (expected === null) expect(readAnswer(text)).toBeNull()
    else expect(readAnswer(text)).toMatchObject(expected)
  })
})
