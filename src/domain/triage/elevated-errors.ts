import {
  describeAnswer,
  describeCheck,
  describeGateway,
  isGatewayError,
  isHealthy,
  nameAfter,
  namedCulprit,
  openCircuits,
} from './checks.ts'
import type { TriageRule } from './facts.ts'
import { namedByCluster } from './kubernetes.ts'
import { weighMetric } from './metrics.ts'
import { factors, points, startWeighing } from './weigh.ts'
import { matchWords } from './words.ts'

const words =
  /\b(errors?|error rate|5 ?xx|5\d\d s?|50[0-4]|exceptions?|failure rate|failed requests?|failures|failing requests?|circuit|panics?|bad gateway)\b/

/** It answers, but wrongly: errors of its own, or a circuit to a dependency that is open. */
export const elevatedErrors: TriageRule = {
  code: 'elevated_errors',
  judge: (view) => {
    const weigher = startWeighing()
    const named = matchWords(view.alerts, words, 'errors')
    weigher.support(named.strength * points.name, ...named.sentences)
    for (const circuit of openCircuits(view)) {
      weigher.support(points.failingCheck, describeCheck(circuit))
      weigher.hint('circuit', nameAfter(circuit, 'circuit') ?? circuit.name)
    }
    for (const probe of view.probes) {
      if (probe.reachable === false)
        weigher.oppose(factors.unlikely, `${probe.subject} does not answer at all, so it returns no errors.`)
      else if (isGatewayError(probe)) weigher.oppose(factors.unlikely, describeGateway(probe))
      else if (probe.httpStatus !== null && probe.httpStatus >= 500)
        weigher.support(points.probe, describeAnswer(probe))
      else if (isHealthy(probe)) weigher.oppose(factors.explained, describeAnswer(probe))
    }
    weighMetric(view, 'errorRate', weigher)
    const culprit = namedCulprit(view)
    if (culprit !== null)
      weigher.oppose(factors.explained, `${describeCheck(culprit)} That would explain the errors.`)
    const cause = namedByCluster(view)
    if (cause !== null) weigher.oppose(factors.explained, `${cause} That would explain the errors.`)
    return weigher.finding()
  },
}
