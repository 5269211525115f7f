import { describeAnswer, describeCheck, describeGateway, isGatewayError, namedCulprit } from './checks.ts'
import type { TriageRule } from './facts.ts'
import { namedByCluster } from './kubernetes.ts'
import { weighMetric } from './metrics.ts'
import { factors, points, startWeighing } from './weigh.ts'
import { matchWords } from './words.ts'

const words =
  /\b(latency|latencies|slow(ness|er)?|response time|request duration|duration (high|too)|p ?9[059]|(99|95|90)th percentile|lag|timeouts?|time out|apdex)\b/

/** What a person at a browser feels: below 300 ms is quick, above a second is slow (Nielsen 1993 puts the flow of thought at 1 s). */
const slowMs = 1_000
const sluggishMs = 300

/** It answers, but slowly. */
export const latencySpike: TriageRule = {
  code: 'latency_spike',
  judge: (view) => {
    const weigher = startWeighing()
    const named = matchWords(view.alerts, words, 'slow answers')
    weigher.support(named.strength * points.name, ...named.sentences)
    for (const probe of view.probes) {
      if (probe.reachable === false && probe.failure === 'timeout')
        weigher.support(
          1,
          `${probe.subject} did not answer in time, which extreme slowness would also explain.`,
        )
      else if (probe.reachable === false)
        weigher.oppose(factors.unlikely, `${probe.subject} does not answer at all, so it is not merely slow.`)
      else if (isGatewayError(probe)) {
        if (probe.httpStatus === 504)
          weigher.support(1, `${describeGateway(probe)} Extreme slowness would also explain that.`)
        else weigher.oppose(factors.unlikely, describeGateway(probe))
      } else if (probe.reachable === true && probe.latencyMs !== null) {
        if (probe.latencyMs >= slowMs) weigher.support(points.probe, describeAnswer(probe))
        else if (probe.latencyMs >= sluggishMs) weigher.support(points.probe / 2, describeAnswer(probe))
        else weigher.oppose(factors.unlikely, describeAnswer(probe))
      }
    }
    weighMetric(view, 'latencyP99', weigher)
    const culprit = namedCulprit(view)
    if (culprit !== null)
      weigher.oppose(factors.explained, `${describeCheck(culprit)} That would explain slow answers.`)
    const cause = namedByCluster(view)
    if (cause !== null) weigher.oppose(factors.explained, `${cause} That would explain slow answers.`)
    return weigher.finding()
  },
}
