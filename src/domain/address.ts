/** IP addresses as numbers, and what lies behind them: who asks for the public Internet must not end inside the house. */

export interface Address {
  readonly family: 4 | 6
  readonly value: bigint
}

/** `10.0.0.0/8`. */
export interface Network extends Address {
  /** Leading bits that count; all of them for a single address. */
  readonly bits: number
}

/**
 * `embedded`: an IPv6 address that carries an IPv4 one, so that what it reaches depends on translators on the way.
 * `reserved`: documentation, benchmarks, future use; nothing of it is routed on the Internet.
 */
export type AddressKind =
  | 'public'
  | 'loopback'
  | 'private'
  | 'shared'
  | 'link_local'
  | 'metadata'
  | 'multicast'
  | 'unspecified'
  | 'embedded'
  | 'reserved'

const widthOf = (family: 4 | 6): number => (family === 4 ? 32 : 128)

/** Only the canonical notation of IPv4, every notation of IPv6 (RFC 4291); a zone such as `%eth0` is passed over. */
export const parseAddress = (text: string): Address | null => {
  const four = parseIpv4(text)
  if (four !== null) return { family: 4, value: four }
  const six = parseIpv6(text.replace(/%.*$/s, ''))
  return six === null ? null : { family: 6, value: six }
}

const parseIpv4 = (text: string): bigint | null => {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return null
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n)
}

const parseIpv6 = (text: string): bigint | null => {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return null
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  if (before === null || after === null) return null
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  return [...before, ...Array.from({ length: missing }, () => 0n), ...after].reduce(
    (value, group) => (value << 16n) | group,
    0n,
  )
}

/** 16 bits each; the last may be written as an IPv4 address, which makes two. */
const groupsOf = (text: string): bigint[] | null => {
  if (text === '') return []
  const parts = text.split(':')
  const last = parts.at(-1) ?? ''
  const four = last.includes('.') ? parseIpv4(last) : null
  if (four !== null) parts.pop()
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return null
  const groups = parts.map((part) => BigInt(`0x${part}`))
  return four === null ? groups : [...groups, four >> 16n, four & 0xffffn]
}

/** `10.0.0.0/8`, or an address alone; null when it is neither. */
export const parseNetwork = (text: string): Network | null => {
  const [written = '', prefix, ...more] = text.split('/')
  const address = parseAddress(written)
  if (address === null || more.length > 0) return null
  const width = widthOf(address.family)
  const bits = prefix === undefined ? width : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
  return bits <= width ? { ...address, bits } : null
}

export const isInNetwork = (address: Address, network: Network): boolean => {
  const rest = BigInt(widthOf(network.family) - network.bits)
  return address.family === network.family && address.value >> rest === network.value >> rest
}

export const isSingle = (network: Network): boolean => network.bits === widthOf(network.family)

/** The first that holds the address decides, so that exceptions stand before what they are taken from. */
const table: readonly (readonly [AddressKind, readonly string[]])[] = [
  [
    // Where clouds tell a machine its credentials: AWS, Azure, GCP and many others; AWS containers (two); Alibaba; Azure's
    // own service address; Oracle; AWS and GCP by IPv6.
    'metadata',
    [
      '169.254.169.254',
      '169.254.170.2',
      '169.254.170.23',
      '100.100.100.200',
      '168.63.129.16',
      '192.0.0.192',
      'fd00:ec2::254',
      'fd00:ec2::23',
      'fd20:ce::254',
    ],
  ],
  ['unspecified', ['0.0.0.0/8', '::/128']],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
  ['shared', ['100.64.0.0/10']],
  ['link_local', ['169.254.0.0/16', 'fe80::/10']],
  ['multicast', ['224.0.0.0/4', '255.255.255.255', 'ff00::/8']],
  // Compatible (RFC 4291), mapped, translated (RFC 2765), NAT64 of a network's own (RFC 8215), Teredo, 6to4.
  ['embedded', ['::/96', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b:1::/48', '2001::/32', '2002::/16']],
  // IANA's registries of special-purpose addresses, as far as they are not reachable globally.
  [
    'reserved',
    [
      '192.0.0.0/24',
      '192.0.2.0/24',
      '192.88.99.0/24',
      '198.18.0.0/15',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '240.0.0.0/4',
      '2001::/23',
      '2001:db8::/32',
      '3fff::/20',
    ],
  ],
]

const networksOf = (texts: readonly string[]): Network[] => texts.flatMap((text) => parseNetwork(text) ?? [])
const kinds = table.map(([kind, texts]) => [kind, networksOf(texts)] as const)
const [nat64, globalUnicast] = networksOf(['64:ff9b::/96', '2000::/3'])

export const kindOf = (address: Address): AddressKind => {
  // On a network of IPv6 alone the resolver answers this for every public host that has IPv4 alone (RFC 6147).
  if (nat64 !== undefined && isInNetwork(address, nat64)) {
    const inside = kindOf({ family: 4, value: address.value & 0xffff_ffffn })
    return inside === 'public' ? 'public' : 'embedded'
  }
  const found = kinds.find(([, networks]) => networks.some((network) => isInNetwork(address, network)))
  if (found !== undefined) return found[0]
  const isPublic = address.family === 4 || globalUnicast === undefined || isInNetwork(address, globalUnicast)
  return isPublic ? 'public' : 'reserved'
}
