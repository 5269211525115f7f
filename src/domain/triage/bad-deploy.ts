import { atOnceMinutes, describeChange, laterMinutes } from './changes.ts'
import { badFlags, describeCheck, nameAfter } from './checks.ts'
import type { RecentChange, TriageRule, TriageView } from './facts.ts'
import { brokenByRollout, isAllReady, isUnstartable, rolledOutWithin } from './kubernetes.ts'
import { describeReady, describeRollout, describeWaiting } from './kubernetes-words.ts'
import { hasWorsened } from './metrics.ts'
import { factors, points, startWeighing, type Weigher } from './weigh.ts'
import { matchWords } from './words.ts'

const words =
  /\b(deploy\w*|rollout|roll ?back|release|new version|feature ?flags?|flags?|canary|regression|config(uration)? (change\w*|drift)|migration failed|image pull \w+|version mismatch)\b/

/** Something was changed, and since then it is wrong. A failing flag check names the change. */
export const badDeploy: TriageRule = {
  code: 'bad_deploy',
  judge: (view) => {
    const weigher = startWeighing()
    for (const flag of badFlags(view)) {
      weigher.support(flag.status === 'fail' ? points.namedCulprit : points.warningCheck, describeCheck(flag))
      weigher.hint('flag', nameAfter(flag, 'flag') ?? flag.name)
    }
    const named = matchWords(view.alerts, words, 'a change')
    weigher.support(named.strength * points.name, ...named.sentences)
    weighChanges(view, weigher)
    weighStarts(view, weigher)
    return weigher.finding()
  },
}

/** Suture's own runs and what nobody could name are no release of anything. */
const suspects: ReadonlySet<string> = new Set(['deploy', 'config', 'flag', 'infrastructure'])

/** A change elsewhere, or of what lies below, breaks this service more rarely than one of its own. */
const elsewhere = 0.5

/** Only the strongest counts: five deploys in an hour are no five times likelier than one. */
const weighChanges = (view: TriageView, weigher: Weigher): void => {
  const suspected = [
    ...(view.changes ?? []).map((change) => ({ sentence: describeChange(change), weight: weightOf(change) })),
    // Mostly a rollout that is on record as well, so it is no second reason.
    ...rolledOutWithin(view, laterMinutes).map((workload) => ({
      sentence: describeRollout(workload),
      weight: near(workload.rolledOutMinutesBefore ?? laterMinutes),
    })),
  ]
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
  const [worst] = suspected
  if (worst === undefined) {
    if (view.changes !== null)
      weigher.oppose(factors.doubtful, 'No change of it is on record shortly before.')
    const settled = view.workloads.find(
      (workload) => isAllReady(workload) && (workload.rolledOutMinutesBefore ?? 0) > laterMinutes,
    )
    if (settled !== undefined)
      weigher.oppose(factors.doubtful, `${describeReady(settled)} ${describeRollout(settled)}`)
    return
  }
  weigher.support(worst.weight, ...suspected.map(({ sentence }) => sentence))
  if (hasWorsened(view)) weigher.support(2, 'It has become worse since.')
}

const weightOf = ({ kind, minutesBefore, own }: RecentChange): number => {
  if (!suspects.has(kind) || minutesBefore < 0 || minutesBefore > laterMinutes) return 0
  return near(minutesBefore) * (own ? 1 : elsewhere) * (kind === 'infrastructure' ? elsewhere : 1)
}

const near = (minutesBefore: number): number =>
  minutesBefore <= atOnceMinutes ? points.probe : points.probe / 2

/** What can't be started at all was never right; what ends again and again since it was rolled out may be so by it. */
const weighStarts = (view: TriageView, weigher: Weigher): void => {
  for (const workload of view.workloads.filter(isUnstartable))
    weigher.support(points.namedCulprit, describeWaiting(workload))
  for (const workload of brokenByRollout(view)) weigher.support(points.probe, describeWaiting(workload))
}
