import { describe, expect, it } from 'vitest'
import { readYamlDocuments } from '../../../src/app/read-yaml.ts'
import { actionCatalogue } from '../../../src/domain/actions/index.ts'
import { readCatalogue } from '../../../src/domain/read-catalogue.ts'

const read = (text: string) =>
  readYamlDocuments(text, 'catalogue.yaml', (documents) => readCatalogue(documents, actionCatalogue))
const problems = (text: string): string[] => {
  const reading = read(text)
  return reading.ok ? [] : reading.problems.map(({ line, problem }) => `${line}: ${problem}`)
}

const backstage = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  title: Checkout
  description: Takes the money.
  annotations:
    github.com/project-slug: acme/checkout
    suture/time-zone: Europe/Berlin
    suture/channels: payments, incidents
    suture/aliases: checkout-svc
    suture/probe-url: http://127.0.0.1:9/health
    suture/probe-timeout: 1s
    suture/targets: '[{"name":"checkout-1","kind":"http","actions":{"restart_service":{"url":"http://127.0.0.1:9/restart"}}}]'
spec:
  type: service
  lifecycle: production
  owner: group:default/payments
  dependsOn: [component:default/ledger, 'resource:default/db']
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ledger }
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: { name: shop }
`

describe('the catalogue from Backstage', () => {
  it('I6 a Component with suture annotations becomes a service; other kinds are passed over', () => {
    const reading = read(backstage)
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
    expect(reading.value.services.map((service) => service.name)).toEqual(['checkout', 'ledger'])
    expect(reading.value.services[0]).toMatchObject({
      title: 'Checkout',
      description: 'Takes the money.',
      owner: 'payments',
      timeZone: 'Europe/Berlin',
      channels: ['payments', 'incidents'],
      aliases: ['checkout-svc'],
      dependsOn: ['ledger'],
      probe: { url: 'http://127.0.0.1:9/health', timeout: 1_000 },
      targets: [{ name: 'checkout-1', kind: 'http' }],
    })
  })

  it('I6 a bad annotation is reported at its own line', () => {
    const bad = backstage
      .replace('Europe/Berlin', 'Europe/Atlantis')
      .replace('suture/channels', 'suture/chanels')
      .replace('probe-timeout: 1s', 'probe-timeout: soon')
    expect(problems(bad)).toEqual([
      '9: an IANA time zone such as Europe/Berlin, found "Europe/Atlantis"',
      '10: unknown annotation suture/chanels',
      expect.stringMatching(/^13: expected a duration such as 30s .* found "soon"$/),
    ])
  })

  it('I6 targets that are no JSON are reported', () => {
    expect(problems(backstage.replace("'[{", "'[["))[0]).toBe(
      '14: expected a JSON list of targets, found text that is no JSON',
    )
  })
})

describe('the catalogue in plain form', () => {
  it('I6 names every contradiction with its line', () => {
    const text = `services:
  - name: checkout
    aliases: [shop, web]
    dependsOn: [ledgr]
    targets:
      - { name: a, kind: http, actions: { restart_service: { url: 'http://127.0.0.1:9' } } }
      - { name: a, kind: command, actions: { scale_instances: { argv: [x, '\${{ parameters.count }}'] } } }
      - { name: b, kind: command, actions: { explode: { argv: [x] }, wait: { argv: [x] } } }
  - name: shop
    aliases: [web]
  - name: shop
`
    expect(problems(text)).toEqual([
      '3: alias shop already belongs to shop',
      '4: there is no service ledgr',
      '7: target a is declared twice',
      '7: scale_instances has no parameter count',
      '8: unknown action explode',
      '8: wait needs no target',
      '10: alias web already belongs to checkout',
      '11: service shop is declared twice',
    ])
  })

  it('I6 both forms may stand in one file', () => {
    expect(problems(`services: [{ name: shop, dependsOn: [checkout] }]\n---\n${backstage}`)).toEqual([])
  })

  it('I6 a problem in a later document has its line in the file', () => {
    expect(problems(`services: []\n---\nservices:\n  - name: UPPER\n`)[0]).toMatch(/^4: /)
  })
})
