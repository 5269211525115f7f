/** The many ways in which a URL can mean an address without saying so. */

const bytesOf = (address: string): [number, number, number, number] => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  return [a, b, c, d]
}

const hexPair = (high: number, low: number): string => ((high << 8) | low).toString(16)

/** Hosts that every browser and every HTTP client reads as this IPv4 address, though none of them is its plain notation. */
export const disguisesOf = (address: string): string[] => {
  const [a, b, c, d] = bytesOf(address)
  const whole = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  const octal = (byte: number) => `0${byte.toString(8)}`
  const hex = (byte: number) => `0x${byte.toString(16)}`
  return [
    String(whole),
    `0x${whole.toString(16)}`,
    `0X${whole.toString(16).toUpperCase()}`,
    `0${whole.toString(8)}`,
    [a, b, c, d].map(octal).join('.'),
    [a, b, c, d].map(hex).join('.'),
    `${a}.${(b << 16) | (c << 8) | d}`,
    `${a}.${b}.${(c << 8) | d}`,
    `${hex(a)}.${b}.${octal(c)}.${d}`,
    `00${a.toString(8)}.${b}.${c}.${d}`,
    `${address}.`,
    address.replaceAll('.', '。'),
    address.replaceAll('.', '．'),
    address.replaceAll('.', '｡'),
    address.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    address.replace(/\d/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit))),
    address.replaceAll('.', '%2e'),
    `%3${address.slice(0, 1)}${address.slice(1)}`,
  ]
}

/** IPv6 addresses that carry this IPv4 address: mapped, translated, compatible, NAT64 (two), 6to4, Teredo. */
export const carriersOf = (address: string): string[] => {
  const [a, b, c, d] = bytesOf(address)
  const tail = `${hexPair(a, b)}:${hexPair(c, d)}`
  const turned = `${hexPair(a ^ 255, b ^ 255)}:${hexPair(c ^ 255, d ^ 255)}`
  return [
    `::ffff:${address}`,
    `0:0:0:0:0:FFFF:${tail}`,
    `::ffff:0:${tail}`,
    `::${address}`,
    `64:ff9b::${address}`,
    `64:ff9b:1::${tail}`,
    `2002:${tail}::1`,
    `2001:0:4136:e378:8000:63bf:${turned}`,
  ]
}
