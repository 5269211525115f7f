import { badFlags, describeCheck, nameAfter } from './checks.ts'
import type { TriageRule } from './facts.ts'
import { points, startWeighing } from './weigh.ts'
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
    return weigher.finding()
  },
}
