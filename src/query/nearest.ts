import type { Said } from './frames/said.ts'
import type { QuestionContext } from './parse-question.ts'

/** One question a line that can be asked: `inside` a thread, `outside` of any, and the tags that bring it to mind. */
interface Example {
  readonly tags: readonly string[]
  readonly inside: string
  readonly outside: string
}

const example = (tags: string, outside: string, inside = outside): Example => ({
  tags: tags.split(' '),
  inside,
  outside,
})

/** In the order in which they are offered when nothing tells them apart. `NAME` is a service, or the record that was named. */
const examples: readonly Example[] = [
  example('happen story history summarize done', 'what happened to NAME?', 'what happened?'),
  example('option steps next can must', 'what can I do for NAME?', 'what can I do now?'),
  example(
    'status ok up broken open problem doing working resolved',
    'what is the status of NAME?',
    'what is the status?',
  ),
  example('who approved approver vote', 'who approved run-1?', 'who approved it?'),
  example('why blocked waiting block start progress', 'why is NAME blocked?', 'why is it blocked?'),
  example('why refused sayno rejected', 'why was NAME refused?', 'why was it refused?'),
  example('run running waiting ran queue', 'what runs now?'),
  example('silence quiet maintenance alert', 'why was NAME silent?', 'why was it silent?'),
  example(
    'work succeed rate reliable best worst never odds PLAYBOOK playbook fix which_playbook howwell howoften helped',
    'which playbook works best?',
  ),
  example(
    'better worse vs compare than improve group_service group_day',
    'success rate this week vs last week',
  ),
  example('calibrated prediction claim odds accurate actual say true', 'how well calibrated are your odds?'),
  example('alone recover', 'how often do incidents recover on their own?'),
  example('duration howlong howfast take run average fastest slowest', 'how long do runs take?'),
  example('mttr recover resolve slowest fastest howlong lasts', 'what is our time to recover?'),
  example('incident count critical severity', 'how many incidents last week?'),
  example('run failed timedout rolledback canceled ran', 'which runs failed last week?'),
  example('approved approval rejected decide vote PERSON', 'who approved what last week?'),
  example('audit record log activity touch PERSON', 'what is on record about NAME?', 'audit log of this'),
  example('deploy change config', 'what changed today?'),
  example('when may next window earliest', 'when may something run next?'),
  example('freeze', 'is there a freeze?'),
  example('mode autonomous', 'what mode are we in?'),
  example('windows window', 'what are the change windows?'),
  example('policy force', 'which rules apply now?'),
  example('glass', 'is there a break-glass?'),
  example('who can may must approve approver', 'who can approve on NAME?', 'who can approve this?'),
  example('focus urgent attention priority first', 'what should I look at first?'),
  example('scheduler proposal skip backoff limit', 'how is the scheduler doing?'),
  example('proof cryptographic', 'proof for run-1?', 'prove it'),
  example('selftest test self', 'run the tests'),
  example('help helpme ask question understand', 'what can I ask?'),
]

/** Two questions that can be asked here, those first that share the most telling words. */
export const nearestQuestions = (said: Said | null, context: QuestionContext): [string, string] => {
  const tags = new Set(said?.tags)
  if ((said?.people.length ?? 0) > 0) tags.add('PERSON')
  if ((said?.playbooks.length ?? 0) > 0) tags.add('PLAYBOOK')
  // Where no word tells anything, what can be asked helps more than a guess.
  const helpful = (each: Example): number =>
    each.tags.includes('helpme') ? 1e-9 : each.tags.includes('status') ? 1e-10 : 0
  const ranked = examples
    .map((each) => ({
      each,
      score: each.tags.reduce((sum, tag) => sum + (tags.has(tag) ? weightOf(tag) : 0), helpful(each)),
    }))
    .sort((one, other) => other.score - one.score)
  const [first, second] = ranked.map(({ each }) => wordsOf(each, said, context))
  return [first ?? '', second ?? '']
}

/** One way to ask everything that can be asked. */
export const askable = (context: Pick<QuestionContext, 'thread' | 'services'>): string[] =>
  examples.map((each) => wordsOf(each, null, context))

/** What few questions use tells more: `freeze` says what `who` does not. */
const weightOf = (tag: string): number => 1 / examples.filter(({ tags }) => tags.includes(tag)).length ** 2

const wordsOf = (
  each: Example,
  said: Said | null,
  { thread, services }: Pick<QuestionContext, 'thread' | 'services'>,
): string => {
  const record = said?.records.find((about) => 'id' in about)?.id
  const name = said?.services[0] ?? record ?? services[0]?.name
  if (thread !== null) return each.inside
  if (record !== undefined && each.outside.includes('run-1')) return each.outside.replace('run-1', record)
  return name === undefined ? each.outside.replace(/NAME/, 'inc-1') : each.outside.replace(/NAME/, () => name)
}
