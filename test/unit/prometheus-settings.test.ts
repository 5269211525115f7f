import { describe, expect, it } from 'vitest'
import { readSettings } from '../../src/config.ts'
import { readBackstageComponent } from '../../src/domain/backstage.ts'
import { dependenciesOf } from '../../src/domain/dependents.ts'
import { Service } from '../../src/domain/service.ts'

const problemsOf = (env: Record<string, string>): string[] => {
  const read = readSettings(env)
  return read.ok ? [] : read.problems.map(({ name, problem }) => `${name}: ${problem}`)
}

describe('where Prometheus is, by settings', () => {
  it('D2 reads one address or several replicas, with nothing set by itself', () => {
    const read = readSettings({ SUTURE_PROMETHEUS_URL: 'http://a:9090, https://b/prometheus' })
    expect(read.ok && read.settings.SUTURE_PROMETHEUS_URL).toEqual(['http://a:9090', 'https://b/prometheus'])
    const none = readSettings({})
    expect(none.ok && none.settings.SUTURE_PROMETHEUS_URL).toBeUndefined()
  })

  it.each([
    ['a password in the address', 'http://user:hunter2@a:9090', /without user, password/],
    ['a query in the address', 'http://a:9090/?x=1', /without user, password/],
    ['another protocol', 'file:///etc/passwd', /http:\/\/ or https:\/\//],
    ['an empty place in the list', 'http://a:9090,,http://b', /http:\/\/ or https:\/\//],
    ['too many', Array.from({ length: 5 }, (_, at) => `http://a${at}`).join(','), /4/],
  ])('D2 H5 %s is refused by the name of the setting, and no password repeated', (_, value, words) => {
    const [problem, ...others] = problemsOf({ SUTURE_PROMETHEUS_URL: value })
    expect(others).toEqual([])
    expect(problem).toMatch(/^SUTURE_PROMETHEUS_URL: /)
    expect(problem).toMatch(words)
    expect(problem).not.toContain('hunter2')
  })

  it('H5 a token with a line break could forge a header, and is never repeated', () => {
    const problems = problemsOf({ SUTURE_PROMETHEUS_TOKEN: 'abc\r\nx: y' })
    expect(problems).toEqual(['SUTURE_PROMETHEUS_TOKEN: its value does not have the expected form'])
  })
})

describe('what Prometheus is asked, by the catalogue', () => {
  const component = (metrics: string) =>
    readBackstageComponent({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name: 'checkout', annotations: { 'suture/metrics': metrics } },
    })

  it('D2 I6 a Component has its queries as JSON in an annotation', () => {
    const read = component('{"errorRate": " sum(a) / sum(b) "}')
    expect(read.ok && read.value.metrics).toEqual({ errorRate: 'sum(a) / sum(b)' })
  })

  it.each([
    [
      'text that is no JSON',
      'errorRate: up',
      'expected a JSON object of queries, found text that is no JSON',
    ],
    ['a signal nobody knows', '{"errors": "up"}', 'errors: unknown field "errors"'],
    ['an empty query', '{"errorRate": "  "}', 'errorRate: '],
  ])('D2 I6 %s is reported at the annotation', (_, metrics, words) => {
    const read = component(metrics)
    expect(read.ok ? [] : read.problems).toMatchObject([
      {
        path: ['metadata', 'annotations', 'suture/metrics'],
        problem: expect.stringContaining(words) as unknown,
      },
    ])
  })

  it('D2 a query is bounded', () => {
    const of = (errorRate: string) => Service.safeParse({ name: 'checkout', metrics: { errorRate } }).success
    expect([of('x'.repeat(2_000)), of('x'.repeat(2_001))]).toEqual([true, false])
  })
})

describe('what a service depends on', () => {
  const services = (edges: Record<string, string[]>) => ({
    services: Object.entries(edges).map(([name, dependsOn]) => Service.parse({ name, dependsOn })),
  })

  it('D2 is found through others, once each, and cycles end', () => {
    const catalogue = services({ a: ['b', 'c'], b: ['c'], c: ['d'], d: ['a'], e: ['a'] })
    expect(dependenciesOf(catalogue, 'a')).toEqual(['b', 'c', 'd'])
    expect(dependenciesOf(catalogue, 'nobody')).toEqual([])
  })
})
