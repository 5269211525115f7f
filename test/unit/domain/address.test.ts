import { BlockList } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInNetwork, kindOf, parseAddress, parseNetwork } from '../../../src/domain/address.ts'
import { admit, type Reach } from '../../../src/domain/outgoing.ts'
import { carriersOf, disguisesOf } from '../../support/address-forms.ts'

const kind = (text: string): string => {
  const address = parseAddress(text)
  return address === null ? 'none' : kindOf(address)
}
const networks = (...texts: string[]) => texts.flatMap((text) => parseNetwork(text) ?? [])
const answering = (addresses: readonly string[], ...open: string[]): Reach => ({
  privateNetworks: networks(...open),
  lookup: async () => addresses,
})
const asked = (url: string, reach: Reach) => admit(url, new URL(url), reach)

describe('an address', () => {
  it.each([
    ['public', ['1.1.1.1', '9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '2606:4700::1111']],
    ['public', ['100.63.255.255', '100.128.0.0', '169.253.255.255', '169.255.0.0', '64:ff9b::1.1.1.1']],
    [
      'private',
      ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', 'fc00::', 'fdff::1'],
    ],
    ['loopback', ['127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1']],
    ['shared', ['100.64.0.0', '100.127.255.255']],
    ['link_local', ['169.254.0.0', '169.254.255.255', 'fe80::', 'febf::1', 'fe80::1%eth0']],
    ['metadata', ['169.254.169.254', '169.254.170.2', '100.100.100.200', 'fd00:ec2::254', 'fd20:ce::254']],
    ['multicast', ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1']],
    ['unspecified', ['0.0.0.0', '0.1.2.3', '::']],
    [
      'reserved',
      ['192.0.2.1', '198.18.0.1', '203.0.113.9', '240.0.0.1', '2001:db8::1', 'fec0::1', '4000::1'],
    ],
    ['embedded', carriersOf('10.0.0.7')],
    ['embedded', carriersOf('169.254.169.254')],
    [
      'none',
      [
        '',
        '1.2.3',
        '1.2.3.4.5',
        '256.0.0.1',
        '01.2.3.4',
        '0x7f.0.0.1',
        '1::2::3',
        '12345::',
        ':1',
        'localhost',
      ],
    ],
  ])('R1 is %s: %j', (expected, addresses) => {
    expect(addresses.map((address) => [address, kind(address)])).toEqual(
      addresses.map((address) => [address, expected]),
    )
  })

  it('R1 lies in the networks in which node:net puts it, whatever its notation', () => {
    const four = fc.ipV4().map((text) => [text, 32, 'ipv4'] as const)
    const six = fc.ipV6().map((text) => [text, 128, 'ipv6'] as const)
    const pair = fc.oneof(fc.tuple(four, four), fc.tuple(six, six))
    fc.assert(
      fc.property(pair, fc.nat(128), fc.boolean(), ([[one, width, family], [other]], bits, near) => {
        const prefix = Math.max(1, bits % (width + 1))
        const network = near ? one : other
        const list = new BlockList()
        list.addSubnet(network, prefix, family)
        const address = parseAddress(one)
        const parsed = parseNetwork(`${network}/${prefix}`)
        expect(address !== null && parsed !== null && isInNetwork(address, parsed)).toBe(
          list.check(one, family),
        )
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a host of the catalogue', () => {
  it('R1 reaches the inside when its plain address stands there, or localhost does', async () => {
    for (const host of [
      '127.0.0.1:80',
      '10.0.0.7',
      '[::1]:8080',
      '[fd00::1]',
      '169.254.169.254',
      'LOCALHOST',
    ])
      expect(await asked(`http://${host}/health`, answering(['127.0.0.1', '::1'])), host).toMatchObject({
        ok: true,
      })
  })

  it('R1 may not mean another inside by localhost', async () => {
    expect(await asked('http://localhost/', answering(['127.0.0.1', '10.0.0.7']))).toMatchObject({
      ok: false,
    })
    expect(await asked('http://x.localhost/', answering(['127.0.0.1']))).toMatchObject({ ok: false })
    expect(await asked('http://localhost./', answering(['127.0.0.1']))).toMatchObject({ ok: false })
  })

  it('R1 is refused when one of its addresses is inside, whatever stands before it', async () => {
    expect(await asked('http://shop.example/', answering(['1.1.1.1', '2606:4700::1111']))).toEqual({
      ok: true,
      addresses: ['1.1.1.1', '2606:4700::1111'],
    })
    expect(await asked('http://shop.example/', answering(['1.1.1.1', 'fe80::1%eth0']))).toMatchObject({
      ok: false,
    })
    expect(await asked('http://shop.example/', answering([]))).toMatchObject({ ok: false })
    expect(await asked('http://shop.example/', answering(['wat']))).toMatchObject({ ok: false })
  })

  it('R1 a refusal names host, address and what to add', async () => {
    const named = await asked('https://shop.example/', answering(['10.0.0.7']))
    expect(named).toEqual({
      ok: false,
      problem:
        'shop.example leads to 10.0.0.7, a private address that nothing names; if that is meant, add 10.0.0.7 or its ' +
        'network to SUTURE_PRIVATE_NETWORKS, or write 10.0.0.7 as the host in the catalogue',
    })
    const literal = await asked('http://0x7f.1:8080/', answering([]))
    expect(literal).toEqual({
      ok: false,
      problem:
        '0x7f.1 is 127.0.0.1, a loopback address; if that is meant, write 127.0.0.1 as the host in the catalogue',
    })
  })

  it('R1 a listed network opens itself alone, and never link-local addresses or credentials', async () => {
    const open = [
      '10.0.0.0/8',
      '127.0.0.0/8',
      '100.64.0.0/10',
      '169.254.0.0/16',
      'fe80::/10',
      '::/1',
      '0.0.0.0/1',
    ]
    const ok = async (address: string, ...listed: string[]) =>
      (await asked('http://shop.example/', answering([address], ...listed))).ok
    for (const address of ['10.1.2.3', '127.0.0.1', '100.64.9.9'])
      expect(await ok(address, ...open)).toBe(true)
    for (const address of ['192.168.0.1', 'fd00::1']) expect(await ok(address, ...open)).toBe(false)
    for (const address of ['169.254.169.254', '169.254.1.1', '100.100.100.200', 'fe80::1', '0.0.0.0'])
      expect(await ok(address, ...open), address).toBe(false)
    for (const address of carriersOf('10.0.0.7')) expect(await ok(address, ...open), address).toBe(false)
    expect(await ok('169.254.169.254', '169.254.169.254/32')).toBe(true)
    expect(await ok('169.254.169.253', '169.254.169.254')).toBe(false)
  })

  it('R1 is asked for its addresses once', async () => {
    const answers = [['1.1.1.1'], ['127.0.0.1']]
    const reach: Reach = { privateNetworks: [], lookup: async () => answers.shift() ?? [] }
    expect(await asked('http://rebind.example/', reach)).toEqual({ ok: true, addresses: ['1.1.1.1'] })
    expect(answers).toHaveLength(1)
  })

  it('R1 a disguise of a public address is no disguise of the inside', async () => {
    for (const host of disguisesOf('93.184.216.34'))
      expect(await asked(`http://${host}/`, answering([])), host).toMatchObject({ ok: true })
  })
})
