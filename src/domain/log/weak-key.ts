/**
 * Public keys of Ed25519 by which a signature says nothing: points of small order, with which anybody can sign, and numbers
 * that are not below the field's prime, so that one key would have two texts. Node refuses them, not every browser does.
 */

/** The y of the points whose order divides 8, as 32 bytes with the sign of x cleared. */
const smallOrder = new Set([
  `00${'00'.repeat(31)}`,
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
])
/** The prime and above: 0xed to 0xff, 30 times 0xff, 0x7f. */
const notBelowPrime = /^(?:e[d-f]|f[0-9a-f])(?:ff){30}7f$/

/** `publicKey` are the 32 bytes of RFC 8032. */
export const isWeakKey = (publicKey: Uint8Array): boolean => {
  const y = [...publicKey]
    .map((byte, at) => (at === 31 ? byte & 0x7f : byte).toString(16).padStart(2, '0'))
    .join('')
  return smallOrder.has(y) || notBelowPrime.test(y)
}
