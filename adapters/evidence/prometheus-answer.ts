import { z } from 'zod'
import type { MetricReading } from '../../src/app/ports.ts'
import { cleanText } from '../../src/domain/clean-text.ts'

/** Reads what `GET /api/v1/query` answers (prometheus.io, HTTP API): one number, no data, or why it is neither. */

const Sample = z.tuple([z.number(), z.string()])

const Answer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({ resultType: z.literal('scalar'), result: Sample }),
      z.object({
        resultType: z.literal('vector'),
        // A native histogram comes without `value`.
        result: z.array(z.object({ value: Sample.optional() })),
      }),
      z.object({ resultType: z.enum(['matrix', 'string', 'streams']) }),
    ]),
  }),
  z.object({ status: z.literal('error'), errorType: z.string().optional(), error: z.string() }),
])

const mostWords = 300

export const readAnswer = (httpStatus: number, body: string): MetricReading => {
  const parsed = Answer.safeParse(parse(body))
  if (!parsed.success) return { ok: false, problem: problemOfStatus(httpStatus) }
  const answer = parsed.data
  if (answer.status === 'error')
    return { ok: false, problem: `Prometheus refuses the query: ${cleanText(answer.error, mostWords)}` }
  const { data } = answer
  switch (data.resultType) {
    case 'scalar':
      return { ok: true, value: numberOf(data.result[1]) }
    case 'vector': {
      if (data.result.length > 1)
        return {
          ok: false,
          problem: `The query gives ${data.result.length} series where one number is needed; put sum(…) or max(…) around it.`,
        }
      const [only] = data.result
      if (only === undefined) return { ok: true, value: null }
      return only.value === undefined
        ? { ok: false, problem: 'The query gives a histogram where one number is needed.' }
        : { ok: true, value: numberOf(only.value[1]) }
    }
    case 'matrix':
    case 'string':
    case 'streams':
      return { ok: false, problem: `The query gives a ${data.resultType} where one number is needed.` }
  }
}

/** Nothing divided by nothing is no error rate: NaN and infinities are no data. */
const numberOf = (text: string): number | null => {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : null
}

const problemOfStatus = (status: number): string => {
  if (status === 401 || status === 403)
    return `Prometheus refuses Suture with HTTP ${status}: check SUTURE_PROMETHEUS_TOKEN.`
  if (status >= 300 && status < 400)
    return `Prometheus sends Suture elsewhere with HTTP ${status}, which it does not follow: set SUTURE_PROMETHEUS_URL to where it is.`
  return status === 200
    ? 'What answers at SUTURE_PROMETHEUS_URL is no Prometheus.'
    : `Prometheus answers with HTTP ${status}.`
}

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}
