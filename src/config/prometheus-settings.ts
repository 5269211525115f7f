import { z } from 'zod'
import { duration, optional, setting, text, url } from './setting.ts'

/** Where metrics come from. Without a URL nothing of it is loaded, and no metric is evidence. */

const mostUrls = 4

/** A password in a URL ends up in logs and on cards. */
const prometheusUrl = url(/^https?$/, 'http:// or https://').refine(
  (given) => {
    const parsed = URL.parse(given)
    // What is no URL at all has been told already.
    if (parsed === null) return true
    const { username, password, search, hash } = parsed
    return username === '' && password === '' && search === '' && hash === ''
  },
  { error: 'expected a URL without user, password, `?` and `#`; a token goes into SUTURE_PROMETHEUS_TOKEN' },
)

export const prometheusSettings = {
  SUTURE_PROMETHEUS_URL: optional({
    description:
      'Prometheus, for evidence and for checks after a run (docs/evidence.md). Several, separated by commas, are replicas of one another: the next is asked when one can’t answer.',
    example: 'http://prometheus.example.com:9090',
    parse: z
      .string()
      .transform((value) => value.split(',').map((each) => each.trim()))
      .pipe(z.array(prometheusUrl).max(mostUrls)),
  }),
  SUTURE_PROMETHEUS_TOKEN: optional({
    description: 'Bearer token that Prometheus, or what stands before it, asks for.',
    secret: true,
    parse: text(8_000).regex(/^[\x21-\x7e]+$/, 'expected a token without blanks'),
  }),
  SUTURE_PROMETHEUS_PUBLIC_URL: optional({
    description:
      'How people reach Prometheus, for links to graphs. Not set: the first SUTURE_PROMETHEUS_URL.',
    example: 'https://prometheus.example.com',
    parse: prometheusUrl,
  }),
  SUTURE_PROMETHEUS_TIMEOUT: setting({
    description: 'How long one query to Prometheus may take.',
    default: '5s',
    parse: duration(100, 15_000),
  }),
} as const
