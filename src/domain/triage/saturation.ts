import { describeCheck, isBad, saturationOf, utilizations } from './checks.ts'
import type { TriageRule } from './facts.ts'
import { factors, points, startWeighing } from './weigh.ts'
import { matchWords } from './words.ts'

const memoryWords = /\b(oom\w*|out of memory|memory|heap|leak(s|ing)?|swap)\b/
const capacityWords =
  /\b(cpu\w*|throttl\w*|load (high|average)|high load|saturat\w*|capacity|overload\w*|queue (full|depth|length|size|growing)|backlog|connection pool|pool exhausted|too many connections|max connections|worker(s)? busy|thread pool|replicas? (max\w*|mismatch)|hpa)\b/
const storageWords = /\b(disk\w*|filesystem|file system|inodes?|storage|volume full|space (low|left))\b/

/**
 * A resource is used up. The hint says which: a restart frees leaked memory, more instances give capacity; for a full
 * disk neither is made.
 */
export const saturation: TriageRule = {
  code: 'saturation',
  judge: (view) => {
    const weigher = startWeighing()
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
    const memory = matchWords(view.alerts, memoryWords, 'memory running out')
    const capacity = matchWords(view.alerts, capacityWords, 'a resource at its limit')
    const storage = matchWords(view.alerts, storageWords, 'storage running out')
    const strongest = Math.max(memory.strength, capacity.strength, storage.strength)
    weigher.support(strongest * points.name, ...memory.sentences, ...capacity.sentences, ...storage.sentences)
    if (memory.strength > capacity.strength) weigher.hint('saturation', 'memory')
    else if (capacity.strength > 0) weigher.hint('saturation', 'capacity')
    else if (storage.strength > 0) weigher.hint('saturation', 'storage')
    return weigher.finding()
  },
}
