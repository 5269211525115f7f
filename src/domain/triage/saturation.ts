import { describeCheck, isBad, saturationOf, utilizations } from './checks.ts'
import type { TriageRule } from './facts.ts'
import { isAllReady, isOutOfMemory } from './kubernetes.ts'
import { describeOutOfMemory, describeReady } from './kubernetes-words.ts'
import { weighMetric } from './metrics.ts'
import { factors, points, startWeighing } from './weigh.ts'
import { matchWords } from './words.ts'

const memoryWords = /\b(oom\w*|out of memory|memory|heap|leak(s|ing)?|swap)\b/
const capacityWords =
  /\b(cpu\w*|throttl\w*|load (high|average)|high load|saturat\w*|capacity|overload\w*|queue (full|depth|length|size|growing)|backlog|connection pool|pool exhausted|too many connections|max connections|worker(s)? busy|thread pool|replicas? (max\w*|mismatch)|hpa)\b/
const storageWords = /\b(disk\w*|filesystem|file system|inodes?|storage|volume full|space (low|left))\b/

/** As little as what is bad as ever. */
const longAgo = 2

/**
 * A resource is used up. The hint says which: a restart frees leaked memory, more instances give capacity; for a full
 * disk neither is made.
 */
export const saturation: TriageRule = {
  code: 'saturation',
  judge: (view) => {
    const weigher = startWeighing()
    const killed = view.workloads.filter(isOutOfMemory)
    for (const workload of killed.filter((each) => !isAllReady(each))) {
      weigher.support(points.namedCulprit, describeOutOfMemory(workload))
      weigher.hint('saturation', 'memory')
    }
    for (const check of utilizations(view)) {
      const kind = saturationOf(check)
      if (kind === null) continue
      if (isBad(check)) {
        weigher.support(
          check.status === 'fail' ? points.failingCheck : points.warningCheck,
          describeCheck(check),
        )
        weigher.hint('saturation', kind)
      } else weigher.oppose(factors.doubtful, describeCheck(check))
    }
    weighMetric(view, 'saturation', weigher)
    const memory = matchWords(view.alerts, memoryWords, 'memory running out')
    const capacity = matchWords(view.alerts, capacityWords, 'a resource at its limit')
    const storage = matchWords(view.alerts, storageWords, 'storage running out')
    const strongest = Math.max(memory.strength, capacity.strength, storage.strength)
    weigher.support(strongest * points.name, ...memory.sentences, ...capacity.sentences, ...storage.sentences)
    if (memory.strength > capacity.strength) weigher.hint('saturation', 'memory')
    else if (capacity.strength > 0) weigher.hint('saturation', 'capacity')
    else if (storage.strength > 0) weigher.hint('saturation', 'storage')
    // All run again, and it isn't told when it was: it may be weeks ago, so what was seen otherwise goes first.
    for (const workload of killed.filter(isAllReady)) {
      weigher.support(longAgo, describeOutOfMemory(workload))
      weigher.oppose(factors.doubtful, describeReady(workload))
      weigher.hint('saturation', 'memory')
    }
    return weigher.finding()
  },
}
