import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import type { Network } from '../../src/domain/address.ts'
import type { Reach } from '../../src/domain/outgoing.ts'

/** The system's own resolver, /etc/hosts included. */
export const reachOf = (privateNetworks: readonly Network[] = []): Reach => ({
  privateNetworks,
  lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
})

/** Answers Node's question for a host with the addresses that were checked; Host and SNI stay the host's. */
export const pinnedTo = (addresses: readonly string[]): LookupFunction => {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  return (_host, options, callback) => {
    const [first] = found
    if (first === undefined) callback(new Error('no address was checked'), [])
    else if (options.all === true) callback(null, found)
    else callback(null, first.address, first.family)
  }
}
