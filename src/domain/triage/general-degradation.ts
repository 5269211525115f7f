import { describeAnswer, isHealthy } from './checks.ts'
import type { TriageRule } from './facts.ts'
import { isAllReady, lacksPods } from './kubernetes.ts'
import { describeReady } from './kubernetes-words.ts'
import { factors, points, startWeighing } from './weigh.ts'
import { matchWords } from './words.ts'

const words =
  /\b(degrad\w*|unhealthy|health ?check|availability|slo|error budget|burn ?rate|apdex|anomal\w*|impaired|flapping|not ready)\b/

/** What is left when nothing more exact fits; its weight is never 0, so a diagnosis is never empty. */
export const generalDegradation: TriageRule = {
  code: 'general_degradation',
  judge: (view) => {
    const weigher = startWeighing(1)
    const named = matchWords(view.alerts, words, 'a general decline')
    weigher.support(named.strength * points.name, ...named.sentences)
    for (const probe of view.probes) {
      if (probe.health === 'warn' || probe.health === 'fail')
        weigher.support(1, `${probe.subject} says of itself that its health is “${probe.health}”.`)
      else if (isHealthy(probe)) weigher.oppose(factors.doubtful, describeAnswer(probe))
    }
    for (const workload of view.workloads) {
      if (lacksPods(workload) && workload.ready !== 0) weigher.support(points.probe, describeReady(workload))
      else if (isAllReady(workload)) weigher.oppose(factors.doubtful, describeReady(workload))
    }
    if (view.probes.length === 0) weigher.support(0, 'No probe looked at the service, so little is known.')
    weigher.support(0, ...view.blind)
    return weigher.finding()
  },
}
