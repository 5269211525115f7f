import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { BlockList, isIPv4, isIPv6 } from 'node:net'

/**
 * Is a webhook from who it says it is? Pure: the same config and request give the same answer. Everything that is not
 * configured is refused, and no answer tells what the right secret would have been.
 */

interface SharedSecretAuth {
  readonly kind: 'shared_secret'
  /** Sent as `Authorization: Bearer <secret>` or `X-Suture-Secret: <secret>`. Null or empty: everybody is refused. */
  readonly secret: string | null
}

interface HmacAuth {
  readonly kind: 'hmac'
  readonly secret: string | null
  /** Default `X-Suture-Signature`. */
  readonly header?: string
  /**
   * The header in which the time may stand beside a bare hex, which then signs `<time>:<body>`, as Grafana does it. Not set:
   * none is looked for.
   */
  readonly timeHeader?: string
  /** How far the signed time may be from now, either way, in seconds. Default 300. */
  readonly toleranceSeconds?: number
  /**
   * Refuse a signature without a time, which can be replayed for ever. Default false: many senders can only sign the
   * body, and a replayed alert is at worst one that was true before.
   */
  readonly requireTime?: boolean
}

interface BasicAuth {
  readonly kind: 'basic'
  readonly username: string | null
  readonly password: string | null
}

interface MtlsHeaderAuth {
  readonly kind: 'mtls_header'
  /** The header in which the proxy that ended TLS puts the client certificate's subject. */
  readonly header: string
  /** Subjects that may send, exactly as the proxy writes them. */
  readonly subjects: readonly string[]
  /** Addresses, or networks such as `10.0.0.0/8`, of the proxies: anyone else could write the header. */
  readonly trustedProxies: readonly string[]
}

export type SenderAuth = SharedSecretAuth | HmacAuth | BasicAuth | MtlsHeaderAuth

export interface SenderRequest {
  readonly headers: { get(name: string): string | null }
  /** The body as received, before any parsing. */
  readonly rawBody: Uint8Array
  readonly now: Temporal.Instant
  /** The address of the other end of the connection, not of any forwarded header; null when unknown. */
  readonly remoteAddress: string | null
}

/** `not_configured` is Suture's own fault, the others the sender's; all are answered 401. */
export type SenderProblem =
  | 'not_configured'
  | 'missing'
  | 'malformed'
  | 'stale'
  | 'mismatch'
  | 'untrusted_proxy'

export type SenderVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: SenderProblem; readonly problem: string }

const accepted: SenderVerdict = { ok: true }

const refused = (reason: SenderProblem, problem: string): SenderVerdict => ({ ok: false, reason, problem })

/** Compares digests, so that neither the content nor the length of the secret shows in the time taken. */
const same = (one: string | Uint8Array, other: string | Uint8Array): boolean =>
  timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())

const isSet = (secret: string | null): secret is string => secret !== null && secret !== ''

const notConfigured = (what: string): SenderVerdict =>
  refused('not_configured', `no ${what} is set for this source, so nobody may send; set it and send again`)

const bearer = /^bearer +(\S+) *$/i

const verifySharedSecret = (config: SharedSecretAuth, { headers }: SenderRequest): SenderVerdict => {
  if (!isSet(config.secret)) return notConfigured('secret')
  const given = bearer.exec(headers.get('authorization') ?? '')?.[1] ?? headers.get('x-suture-secret')
  if (given === null || given === '') {
    return refused(
      'missing',
      'expected the secret in Authorization: Bearer or X-Suture-Secret, found neither',
    )
  }
  return same(given, config.secret)
    ? accepted
    : refused('mismatch', "the secret sent is not this source's; copy it from the source's settings")
}

const hexDigest = /^[0-9a-f]{64}$/i
const timedSignature = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/i
const unixSeconds = /^\d{1,12}$/

const hmac = (secret: string, ...parts: readonly (string | Uint8Array)[]): Uint8Array => {
  const digest = createHmac('sha256', secret)
  for (const part of parts) digest.update(part)
  return digest.digest()
}

interface Signature {
  readonly hex: string
  /** Unix seconds; null where the body alone is signed. */
  readonly time: string | null
  /** What is signed in front of the body. */
  readonly before: string
}

/**
 * `t=<unix seconds>,v1=<hex>` signs the time, a full stop and the body, so that the time cannot be changed; a bare hex
 * (also `sha256=<hex>`) signs the body alone, or the time of another header, a colon and the body. None can pass for
 * another: no JSON body starts with digits and a full stop or a colon followed by more JSON.
 */
const readSignature = (given: string, timeBeside: string): Signature | null => {
  const [, time, timedHex] = timedSignature.exec(given) ?? []
  if (time !== undefined && timedHex !== undefined) return { hex: timedHex, time, before: `${time}.` }
  const hex = given.replace(/^sha256=/i, '')
  if (!hexDigest.test(hex)) return null
  if (timeBeside === '') return { hex, time: null, before: '' }
  return unixSeconds.test(timeBeside) ? { hex, time: timeBeside, before: `${timeBeside}:` } : null
}

const verifyHmac = (config: HmacAuth, { headers, rawBody, now }: SenderRequest): SenderVerdict => {
  if (!isSet(config.secret)) return notConfigured('signing secret')
  const { header = 'X-Suture-Signature', timeHeader } = config
  const given = headers.get(header)?.replaceAll(' ', '') ?? ''
  if (given === '') return refused('missing', `expected a signature in ${header}, found none`)
  const form =
    timeHeader === undefined
      ? `t=<unix seconds>,v1=<64 hex digits> in ${header}`
      : `64 hex digits in ${header} and unix seconds in ${timeHeader}`

  const signature = readSignature(
    given,
    timeHeader === undefined ? '' : (headers.get(timeHeader) ?? '').trim(),
  )
  if (signature === null) return refused('malformed', `expected ${form}, found another form`)
  const { hex, time, before } = signature
  if (time === null && config.requireTime === true)
    return refused('malformed', `expected a signature with its time, ${form}; found none of the time`)
  if (!same(Buffer.from(hex, 'hex'), hmac(config.secret, before, rawBody)))
    return refused(
      'mismatch',
      `the signature in ${header} does not fit the body; sign the bytes sent, HMAC-SHA256`,
    )
  if (time === null) return accepted

  const tolerance = config.toleranceSeconds ?? 300
  const age = now.epochMilliseconds / 1000 - Number(time)
  return Math.abs(age) <= tolerance
    ? accepted
    : refused(
        'stale',
        `expected a signature made within ${tolerance} s of now, found one ${Math.round(Math.abs(age))} s ` +
          `${age < 0 ? 'ahead' : 'old'}; set the sender's clock or sign again`,
      )
}

const basic = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i

const verifyBasic = (config: BasicAuth, { headers }: SenderRequest): SenderVerdict => {
  if (!isSet(config.username) || !isSet(config.password)) return notConfigured('user name and password')
  const header = headers.get('authorization') ?? ''
  if (header === '') return refused('missing', 'expected Authorization: Basic, found no Authorization header')
  const encoded = basic.exec(header)?.[1]
  const pair = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 0)
    return refused('malformed', 'expected Authorization: Basic <base64 of name:password>, found another form')
  // Both are always compared: stopping at the name would tell a guesser that the name was right.
  const name = same(pair.slice(0, colon), config.username)
  const password = same(pair.slice(colon + 1), config.password)
  return name && password ? accepted : refused('mismatch', "the user name or password is not this source's")
}

/** An IPv4 address written as IPv6, as a socket that listens on both gives it, counts as the IPv4 address. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

const familyOf = (address: string): 'ipv4' | 'ipv6' | null =>
  isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : null

const isTrusted = (remoteAddress: string | null, proxies: readonly string[]): boolean => {
  const address = plainAddress(remoteAddress ?? '')
  const family = familyOf(address)
  if (family === null) return false
  const trusted = new BlockList()
  for (const proxy of proxies) {
    const [network = '', prefix] = proxy.split('/')
    const networkFamily = familyOf(network)
    const bits = Number(prefix)
    if (networkFamily === null) continue
    if (prefix === undefined) trusted.addAddress(network, networkFamily)
    else if (/^\d{1,3}$/.test(prefix) && bits <= (networkFamily === 'ipv4' ? 32 : 128)) {
      trusted.addSubnet(network, bits, networkFamily)
    }
  }
  return trusted.check(address, family)
}

const verifyMtlsHeader = (
  config: MtlsHeaderAuth,
  { headers, remoteAddress }: SenderRequest,
): SenderVerdict => {
  const subjects = config.subjects.filter((subject) => subject !== '')
  if (subjects.length === 0) return notConfigured('certificate subject')
  if (config.trustedProxies.length === 0) return notConfigured('trusted proxy')
  if (!isTrusted(remoteAddress, config.trustedProxies)) {
    return refused(
      'untrusted_proxy',
      `expected the request from a trusted proxy, found ${remoteAddress ?? 'an unknown address'}; send through the proxy`,
    )
  }
  const given = headers.get(config.header) ?? ''
  if (given === '')
    return refused('missing', `expected the certificate's subject in ${config.header}, found none`)
  let found = false
  for (const subject of subjects) if (same(given, subject)) found = true
  return found
    ? accepted
    : refused(
        'mismatch',
        `the certificate's subject in ${config.header} is not one that may send to this source`,
      )
}

export const verifySender = (config: SenderAuth, request: SenderRequest): SenderVerdict => {
  switch (config.kind) {
    case 'shared_secret':
      return verifySharedSecret(config, request)
    case 'hmac':
      return verifyHmac(config, request)
    case 'basic':
      return verifyBasic(config, request)
    case 'mtls_header':
      return verifyMtlsHeader(config, request)
  }
}
