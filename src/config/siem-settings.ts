import { z } from 'zod'
import { optional, text } from './setting.ts'

/** The export of the sealed history to a SIEM. Without a URL nothing of it runs. */

const loopback = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/

const isPlace = (given: string): boolean => {
  const parsed = URL.parse(given)
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return false
  const { protocol, hostname, host, port, pathname, search, hash } = parsed
  switch (protocol) {
    case 'file:':
      return host === '' && pathname.endsWith('.jsonl') && search === '' && hash === ''
    case 'syslog+tcp:':
    case 'syslog+tls:':
      return (
        hostname !== '' &&
        port !== '' &&
        (pathname === '' || pathname === '/') &&
        search === '' &&
        hash === ''
      )
    case 'https:':
      return hash === ''
    case 'http:':
      return loopback.test(hostname) && hash === ''
    default:
      return false
  }
}

export const siemSettings = {
  SUTURE_SIEM_URL: optional({
    description:
      'Where every sealed entry of the history is sent, redacted and in the form of OCSF (docs/siem.md): `file:///var/log/suture/audit.jsonl`, `syslog+tcp://host:port`, `syslog+tls://host:port`, or a webhook by `https://` (`http://` to this machine alone).',
    example: 'syslog+tls://siem.example.com:6514',
    secret: true,
    parse: z.string().max(2_000).refine(isPlace),
  }),
  SUTURE_SIEM_SECRET: optional({
    description: 'Signs what is posted to a webhook of SUTURE_SIEM_URL, in the header X-Suture-Signature.',
    secret: true,
    parse: text(),
  }),
  SUTURE_SIEM_CA: optional({
    description:
      'PEM file of the authorities that may have signed the certificate of SUTURE_SIEM_URL. Not set: those that Node trusts.',
    example: '/etc/suture/siem-ca.pem',
    parse: text(),
  }),
} as const
