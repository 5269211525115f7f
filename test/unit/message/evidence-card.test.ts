import { describe, expect, it } from 'vitest'
import { evidenceCard } from '../../../src/message/evidence-card.ts'
import { aProbe } from '../support/evidence.ts'

describe('the evidence card with a graph', () => {
  const evidenceOf = (link: string) =>
    evidenceCard({
      incidentId: 'inc-42',
      evidence: [aProbe({ link }, { source: 'prometheus', summary: 'Errors 12 % now, 0.3 % an hour ago.' })],
      diagnosis: { hypotheses: [] },
    })
  const spans = (link: string) => {
    const [fields] = evidenceOf(link).blocks
    return fields?.kind === 'fields' ? fields.fields[0] : undefined
  }

  it('D2 says what Prometheus found and links to its graph', () => {
    expect(spans('http://prometheus.example.com/graph?g0.expr=up')).toEqual({
      label: 'Prometheus',
      value: [
        { kind: 'plain', text: 'Errors 12 % now, 0.3 % an hour ago.' },
        { kind: 'plain', text: ' ' },
        { kind: 'link', text: 'Graph', url: 'http://prometheus.example.com/graph?g0.expr=up' },
      ],
    })
  })

  it('D2 makes no link of what is no web address', () => {
    expect(spans('javascript:alert(1)')?.value.some((span) => span.kind === 'link')).toBe(false)
  })
})
