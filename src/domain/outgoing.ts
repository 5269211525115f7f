import {
  type Address,
  type AddressKind,
  isInNetwork,
  isSingle,
  kindOf,
  type Network,
  parseAddress,
} from './address.ts'

/** Where Suture may connect: the public Internet, and of the inside only what the catalogue or a setting names. */

export interface Reach {
  /** Networks of the inside that may be reached by name. */
  readonly privateNetworks: readonly Network[]
  /** Every address of a host. Asked once for a connection; throws when there is none. */
  readonly lookup: (host: string) => Promise<readonly string[]>
}

export type Admission =
  /** The addresses that were checked: connect to these and ask nobody again. */
  | { readonly ok: true; readonly addresses: readonly string[] }
  /** Names host, address and what to add. */
  | { readonly ok: false; readonly problem: string }

export const privateNetworksSetting = 'SUTURE_PRIVATE_NETWORKS'

/**
 * Judges the host of `url`. `written` is the text it was made from, as it stands in the catalogue: what is inside is
 * named only by its plain notation, since `0x7f.1` tells no reader that it is 127.0.0.1. Rejects when `reach.lookup` does.
 */
export const admit = async (written: string, url: URL, reach: Reach): Promise<Admission> => {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const literal = parseAddress(host)
  const addresses = literal === null ? await reach.lookup(host) : [host]
  if (addresses.length === 0) return { ok: false, problem: `${host} has no address` }
  const named = hostIn(written) === url.hostname ? url.hostname : null
  for (const text of addresses) {
    const address = parseAddress(text)
    if (address === null) return { ok: false, problem: `${host} leads to ${text}, which is no IP address` }
    const kind = kindOf(address)
    if (kind !== 'public' && !isNamed(address, kind, named, reach.privateNetworks))
      return { ok: false, problem: refusal(written, host, text, kind, literal !== null) }
  }
  return { ok: true, addresses }
}

/** The host as a person wrote it; null where a user stands before it, which has hidden many a host. */
const hostIn = (written: string): string | null =>
  /^https?:\/\/([^/?#@\\]+?)(?::\d*)?(?:[/?#]|$)/i.exec(written)?.[1]?.toLowerCase() ?? null

const isNamed = (
  address: Address,
  kind: Exclude<AddressKind, 'public'>,
  named: string | null,
  networks: readonly Network[],
): boolean => {
  if (named === 'localhost' && kind === 'loopback') return true
  const isLiteral = named !== null && parseAddress(named.replace(/^\[(.*)\]$/, '$1')) !== null
  if (isLiteral && isNameable(kind)) return true
  return networks.some(
    (network) => isInNetwork(address, network) && (isSingle(network) || isInNetworks(kind)),
  )
}

/** An address inside another is hidden from its reader; the two others are no single machine. None is a destination. */
const isNameable = (kind: AddressKind): boolean =>
  kind !== 'embedded' && kind !== 'unspecified' && kind !== 'multicast'

/** What a whole network may open. The others give away a machine's credentials or hide where they lead. */
const isInNetworks = (kind: Exclude<AddressKind, 'public'>): boolean => {
  switch (kind) {
    case 'loopback':
    case 'private':
    case 'shared':
    case 'reserved':
      return true
    case 'link_local':
    case 'metadata':
    case 'multicast':
    case 'unspecified':
    case 'embedded':
      return false
  }
}

const words: Readonly<Record<Exclude<AddressKind, 'public'>, string>> = {
  loopback: 'a loopback address',
  private: 'a private address',
  shared: 'an address of a carrier’s own network',
  link_local: 'a link-local address',
  metadata: 'where a cloud gives a machine its credentials',
  multicast: 'a multicast address',
  unspecified: 'an address of this machine itself',
  embedded: 'an IPv6 address that hides an IPv4 one',
  reserved: 'a reserved address',
}

const refusal = (
  written: string,
  host: string,
  address: string,
  kind: Exclude<AddressKind, 'public'>,
  isLiteral: boolean,
): string => {
  const bracketed = address.includes(':') ? `[${address}]` : address
  if (isLiteral) {
    const plain = isNameable(kind) ? bracketed : 'the address that is meant'
    return `${hostIn(written) ?? written} is ${address}, ${words[kind]}; if that is meant, write ${plain} as the host in the catalogue`
  }
  const listed = isInNetworks(kind) ? `${address} or its network` : address
  return `${host} leads to ${address}, ${words[kind]} that nothing names; if that is meant, add ${listed} to ${privateNetworksSetting}, or write ${bracketed} as the host in the catalogue`
}
