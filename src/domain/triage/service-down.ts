import { describeAnswer, describeGateway, isGatewayError } from './checks.ts'
import type { Probe, TriageRule, TriageView, Workload } from './facts.ts'
import { isAllReady, isCrashLooping, namedByCluster } from './kubernetes.ts'
import { describeReady, describeWaiting } from './kubernetes-words.ts'
import { factors, points, startWeighing, type Weigher } from './weigh.ts'
import { matchWords } from './words.ts'

const words =
  /\b(down|unreachable|not reachable|unavailable|offline|dead|crash(ed| ?loop\w*| ?looping)?|not responding|no response|(connection|connect) (failed|refused)|failed connect|absent|not running|heartbeat (missing|missed)|probe (failed|failure)|target missing|host not alive)\b/

const failures: Readonly<Record<string, { weight: number; words: string }>> = {
  timeout: { weight: points.plainProbe, words: 'did not answer in time' },
  refused: { weight: points.plainProbe, words: 'refused the connection' },
  reset: { weight: points.probe, words: 'dropped the connection' },
  // A name that doesn't resolve may be the fault of DNS, so it says less about the service.
  dns: { weight: points.name, words: 'has no address: its name does not resolve' },
}

/** Nothing answers: a hang, a crash, a host that is gone. */
export const serviceDown: TriageRule = {
  code: 'service_down',
  judge: (view) => {
    const weigher = startWeighing()
    const named = matchWords(view.alerts, words, 'a service that is down')
    weigher.support(named.strength * points.name, ...named.sentences)
    for (const probe of view.probes) weighProbe(probe, weigher)
    weighCluster(view, weigher)
    return weigher.finding()
  },
}

const weighProbe = (probe: Probe, weigher: Weigher): void => {
  if (probe.reachable === false) {
    const failure = failures[probe.failure ?? ''] ?? { weight: points.probe, words: 'can not be reached' }
    weigher.support(failure.weight, `${probe.subject} ${failure.words}.`)
  }
  if (isGatewayError(probe)) weigher.support(points.plainProbe, describeGateway(probe))
  else if (probe.reachable === true)
    // A proxy may answer 503 for a service that is gone, and so may a service for itself.
    weigher.oppose(probe.httpStatus === 503 ? factors.unlikely : factors.refuted, describeAnswer(probe))
}

const weighCluster = (view: TriageView, weigher: Weigher): void => {
  for (const workload of view.workloads) {
    // A crash loop is why no pod is ready: both together are one reason, not two.
    const crashing = isCrashLooping(workload)
    if (crashing) weigher.support(points.plainProbe, describeWaiting(workload))
    if (workload.ready === 0) weigher.support(crashing ? 0 : readiness(workload), describeReady(workload))
    // Without a readiness probe a pod that hangs is ready too.
    else if (isAllReady(workload)) weigher.oppose(factors.doubtful, describeReady(workload))
    // The catalogue may have the wrong name as well.
    if (!workload.found) weigher.support(points.name, `Kubernetes has no workload of ${workload.subject}.`)
  }
  const cause = namedByCluster(view)
  if (cause !== null) weigher.oppose(factors.explained, `${cause} That would explain why it is down.`)
}

/** None may be meant where none is asked for. */
const readiness = ({ desired }: Workload): number => (desired === 0 ? points.name : points.plainProbe)
