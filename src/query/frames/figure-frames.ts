import type { Query } from '../query.ts'
import { type Frame, frame } from './frame.ts'
import { aboutIn, type Place, type Said, versusIn } from './said.ts'
import { groupIn, groupTags } from './work-frames.ts'

/** Figures of what was learned: how often remediations work, how long they take, how soon incidents recover. */

type Learning = Extract<Query, { subject: 'learning' }>
type Pick = Learning['pick']

const groups = ['playbook', 'service', 'diagnosis', 'day'] as const

const has = (said: Said, ...tags: readonly string[]): boolean => tags.some((tag) => said.tags.has(tag))

/** Null where the words of the choice don't go together. */
const pickOf = (said: Said): Pick | null => {
  const good = has(said, 'succeed', 'reliable', 'work', 'rate', 'helped', 'perform', 'odds', 'help')
  const bad = has(said, 'failed', 'bad')
  // `which service fails most` may as well ask for incidents.
  if (bad && has(said, 'which_service') && !has(said, 'fix', 'playbook', 'work')) return null
  const found: Pick[] = []
  if (has(said, 'never')) found.push(bad ? 'all' : 'never')
  if (has(said, 'always')) found.push(bad ? 'never' : 'all')
  if (has(said, 'best')) found.push('best')
  if (has(said, 'worst')) found.push('worst')
  if (has(said, 'most')) found.push(bad ? 'worst' : good ? 'best' : 'all')
  if (has(said, 'least')) found.push(bad ? 'best' : good ? 'worst' : 'all')
  if (found.length > 1 || found[0] === 'all') return null
  return found[0] ?? 'all'
}

const learning =
  (measure: Learning['measure'], options: { pick?: (said: Said) => Pick | null } = {}) =>
  (said: Said, place: Place): Query | 'which_one' | null => {
    const among = versusIn(said, place, (part) => aboutIn(part, place, 'service', 'everything'))
    if (among === null || among === 'which_one') return among
    const pick = (options.pick ?? pickOf)(said)
    // `the worst service`, `where do fixes work best`: of the services.
    const places = (has(said, 'service') && said.services.length === 0) || has(said, 'where')
    const chosen = pick !== null && pick !== 'all' && places ? 'service' : null
    if (has(said, 'where') && chosen === null && among.versus?.kind !== 'service') return null
    const group = groupIn(said, groups) ?? chosen
    if (group === 'many' || pick === null) return null
    if (pick !== 'all' && among.versus !== null) return null
    // One playbook is the best of none; of services and days it may be.
    if (pick !== 'all' && among.playbook !== null && (group ?? 'playbook') === 'playbook') return null
    if (has(said, 'better', 'worse', 'more', 'less', 'improve') && among.versus === null) return null
    return {
      subject: 'learning',
      ...among,
      measure,
      group: group ?? (pick === 'all' ? null : 'playbook'),
      pick,
    }
  }

const where = `now SERVICE THIS TIME PLAYBOOK fix playbook run vs compare than or formerly ${groupTags(groups)} service`
const picks = 'bad best worst most least never always better worse more less improve where'
const success = learning('success')
const manner = 'how howoften howwell average rate odds doing outcome history'

const successFrames: Frame[] = [
  frame(
    'rate succeed|work|fix|heal|playbook|PLAYBOOK|reliable',
    `${where} ${picks} ${manner} fix heal succeed work run count helped help`,
    (said, place) => (has(said, 'count') && !has(said, 'rate') ? null : success(said, place)),
  ),
  frame(
    'succeed|work|reliable|perform|helped|help howoften|howwell|how',
    `${where} ${picks} ${manner} now`,
    (said, place) =>
      // `how does it work` asks for its steps.
      has(said, 'howoften', 'howwell', 'do', 'rate') ? success(said, place) : null,
  ),
  frame('accurate most which_playbook|playbook', 'SERVICE THIS must can i', (said, place) =>
    success({ ...said, tags: new Set([...said.tags, 'reliable']) }, place),
  ),
  frame(
    'succeed|work|working|reliable|perform|helped|help|failed|bad best|worst|most|least|never|always|better|worse',
    `${where} ${picks} ${manner}`,
    success,
  ),
  frame(
    'best|worst playbook|fix|which_playbook|which_service',
    `${where} ${picks} ${manner} fix heal work`,
    (said, place) =>
      has(said, 'which_service') && !has(said, 'fix', 'work', 'playbook', 'heal')
        ? null
        : success(said, place),
  ),
  frame(
    'howwell|how PLAYBOOK|fix|playbook|group_playbook',
    `${where} do done doing work perform ${manner}`,
    (said, place) =>
      has(said, 'howwell', 'perform') || (has(said, 'doing', 'do', 'done') && !has(said, 'work'))
        ? success(said, place)
        : null,
  ),
  frame('better|worse fix|playbook than|or|vs', `${where} ${picks} ${manner} work`, success),
  frame(
    'better|worse|vs|compare|or PLAYBOOK',
    `${where} ${picks} ${manner} work succeed perform reliable rate`,
    success,
  ),
  frame('succeed|reliable|perform|work|rate vs|compare|than', `${where} ${picks} ${manner} succeed`, success),
  frame(
    'odds|rate PLAYBOOK|which_playbook|group_playbook|playbook|fix',
    `${where} ${picks} ${manner} work working succeed help`,
    success,
  ),
  frame(
    'succeed|reliable|perform',
    `SERVICE THIS TIME PLAYBOOK ${groupTags(groups)} fix playbook`,
    (said, place) =>
      said.playbooks.length > 0 ||
      has(said, 'fix', 'playbook', 'reliable', 'perform') ||
      groupIn(said, groups) !== null
        ? success(said, place)
        : null,
  ),
  frame('work|helped|help PLAYBOOK', 'SERVICE THIS TIME howmuch average', success),
  frame('work|helped fix|playbook do', 'SERVICE THIS TIME', (said, place) =>
    // `what work does a playbook do`, `which playbook works`: what is asked of it stays open.
    has(said, 'what', 'which') ? null : success(said, place),
  ),
  frame('PLAYBOOK good|reliable', 'SERVICE THIS TIME do how', (said, place) =>
    has(said, 'what') ? null : success(said, place),
  ),
  frame('never good which_playbook|playbook|fix', 'SERVICE THIS TIME', success),
  frame('PLAYBOOK fix|heal|recover|resolve', 'SERVICE THIS TIME incident problem howoften', (said, place) =>
    has(said, 'what', 'when') || (has(said, 'do') && !has(said, 'howoften')) ? null : success(said, place),
  ),
  frame('where best|worst fix|playbook', `${where} ${picks} ${manner} work do`, success),
]

/** The quickest is the best of them. */
const speed = (said: Said): Pick | null =>
  has(said, 'fastest')
    ? has(said, 'slowest')
      ? null
      : 'best'
    : has(said, 'slowest')
      ? 'worst'
      : has(said, 'most', 'least', 'best', 'worst')
        ? null
        : 'all'
const duration = learning('duration', { pick: speed })
const durationFrames: Frame[] = [
  frame(
    'howlong PLAYBOOK|fix|playbook|run|which_playbook|group_playbook',
    `${where} take lasts average run need`,
    duration,
  ),
  frame('duration', `${where} ${manner} average fastest slowest take`, duration),
  frame('howfast|fast|slow PLAYBOOK|fix|playbook|run', `${where} average do than`, (said, place) =>
    has(said, 'fast', 'slow') && !has(said, 'howfast') && said.playbooks.length < 2
      ? null
      : duration(said, place),
  ),
  frame('fastest|slowest playbook|fix|which_playbook', `${where} take resolved done`, (said, place) => {
    const query = duration(said, place)
    return query === null || query === 'which_one' || query.subject !== 'learning'
      ? query
      : { ...query, group: query.group ?? 'playbook' }
  }),
  frame('average time PLAYBOOK|fix|run|playbook', `${where} take`, duration),
  frame('run time PLAYBOOK|group_playbook|playbook', `${where} average`, duration),
]

const alone = learning('self_recovery')
const aloneFrames: Frame[] = [
  frame(
    'alone recover|resolve|resolved|fixed|fix|heal|rate|howoften|end',
    `SERVICE THIS TIME ${groupTags(['service', 'day', 'diagnosis'])} recover resolve resolved fixed fix heal rate howoften how count incident problem service vs compare than end help done odds average work doing if`,
    (said, place) =>
      has(said, 'which', 'why') || (has(said, 'what') && !has(said, 'rate', 'odds'))
        ? null
        : alone(said, place),
  ),
]

const calibration = learning('calibration', { pick: () => 'all' })
/** In `is it really 80 %`, it is nothing that could be pointed at. */
const held: Frame['query'] = (said, place) => calibration({ ...said, pointsAt: [] }, place)
const claimMay =
  'TIME SERVICE PLAYBOOK THIS when if how howoften you say true work working succeed happen accurate actual prediction odds time average claim claimed run playbook fix always'
const calibrationFrames: Frame[] = [
  frame(
    'calibrated',
    `SERVICE THIS TIME PLAYBOOK how howmuch howwell odds prediction you can i good accurate actual rate succeed ${groupTags(groups)}`,
    calibration,
  ),
  frame(
    'accurate|howwell|good|reliable odds|prediction|rate',
    `SERVICE THIS TIME PLAYBOOK how howmuch howoften howwell you can must i say good calibrated prediction odds succeed actual ${groupTags(groups)}`,
    (said, place) => (has(said, 'odds', 'prediction') ? calibration(said, place) : null),
  ),
  frame('odds|prediction block', 'TIME SERVICE you', calibration),
  frame(
    'odds|prediction true',
    'SERVICE THIS TIME PLAYBOOK how howoften you say actual outcome',
    calibration,
  ),
  frame('accurate|true you howoften', 'SERVICE TIME PLAYBOOK', calibration),
  frame('claim claimed', claimMay, held),
  frame('claim you|odds|prediction true|accurate|work|succeed|happen|actual', claimMay, held),
  frame(
    'prediction|odds vs|compare|outcome|actual outcome|actual|succeed',
    'TIME SERVICE THIS PLAYBOOK you compare vs how do rate',
    (said, place) =>
      calibration(
        { ...said, tags: new Set([...said.tags].filter((tag) => tag !== 'vs' && tag !== 'compare')) },
        place,
      ),
  ),
]

const counts = learning('counts', { pick: () => 'all' })
const countFrames: Frame[] = [
  frame('outcome', `${where} count bystatus you`, (said, place) =>
    has(said, 'how') && !has(said, 'doing') ? null : counts(said, place),
  ),
  frame('how run|fix end', 'SERVICE THIS TIME PLAYBOOK', counts),
  frame('bystatus', `${where} count outcome you`, counts),
  frame('succeed|work failed count|vs|or|times', `${where} rolledback timedout`, (said, place) =>
    counts({ ...said, tags: new Set([...said.tags].filter((tag) => tag !== 'vs' && tag !== 'or')) }, place),
  ),
]

const versusKind = ({ versus }: { readonly versus: { readonly kind: string } | null }): string | null =>
  versus?.kind ?? null

type Recovery = Extract<Query, { subject: 'recovery' }>
const recoveryPick = (said: Said): Recovery['pick'] | null => {
  const slow =
    has(said, 'slowest', 'worst') ||
    (has(said, 'most') && has(said, 'mttr')) ||
    (has(said, 'take') && has(said, 'most', 'slowest'))
  const fast = has(said, 'fastest', 'best') || (has(said, 'least') && has(said, 'mttr'))
  return slow && fast ? null : slow ? 'slowest' : fast ? 'fastest' : 'all'
}
const recovery = (said: Said, place: Place): Query | 'which_one' | null => {
  const among = versusIn(said, place, (part) => aboutIn(part, place, 'service', 'everything'))
  if (among === null || among === 'which_one') return among
  const pick = recoveryPick(said)
  // `the slowest service to recover`: of the services.
  const places = (has(said, 'service') && said.services.length === 0) || has(said, 'where')
  const chosen = pick !== 'all' && places ? 'service' : null
  if (has(said, 'where') && chosen === null && among.versus?.kind !== 'service') return null
  const group = groupIn(said, ['service', 'day'] as const) ?? chosen
  if (group === 'many' || pick === null || among.playbook !== null) return null
  // `which service recovers fast`: grouped, and no choice that could be made.
  if (
    has(said, 'more', 'less', 'better', 'worse', 'fast', 'slow', 'improve') &&
    !has(said, 'how', 'howfast') &&
    among.versus === null
  )
    return null
  if (has(said, 'who') && versusKind(among) !== 'service') return null
  if (pick !== 'all' && among.versus !== null) return null
  // `the longest incident` is one of them: no query picks it. Only services and days are told apart.
  if (pick !== 'all' && (group === null || ofIncident(said))) return null
  const { about, when, versus } = among
  return { subject: 'recovery', about, when, group, pick, versus }
}
/** `which service had the longest incident`: not how soon it recovers. */
const ofIncident = (said: Said): boolean =>
  has(said, 'incident', 'problem') && !has(said, 'recover', 'resolve', 'mttr', 'take', 'howlong', 'howfast')
const recoveryMay = `need must now who where improve SERVICE THIS TIME vs compare than or ${groupTags(['service', 'day'])} average incident problem slowest fastest best worst most least take time how do better worse fast slow service good`
const recoveryFrames: Frame[] = [
  frame('mttr', `${recoveryMay} history`, recovery),
  frame(
    'howlong|howfast recover|resolve|resolved|fixed|fix|heal',
    `${recoveryMay} recover resolve resolved fixed run-not take heal`,
    (said, place) =>
      has(said, 'fix') &&
      !has(said, 'incident', 'take', 'recover', 'resolve') &&
      said.services.length + said.pointsAt.length === 0
        ? null
        : recovery(said, place),
  ),
  frame('howlong incident|problem', `${recoveryMay} open lasts end`, recovery),
  frame('howlong|howfast down|broken', `${recoveryMay} incident`, (said, place) =>
    said.times.length + said.services.length > 0 ? recovery(said, place) : null,
  ),
  frame('slowest|fastest incident|problem|recover|resolve|heal', `${recoveryMay} recover resolve`, recovery),
  frame('fast|slow recover|resolve', `${recoveryMay} howfast incident`, recovery),
  frame('best|worst recover', recoveryMay, recovery),
  frame('recover compare|vs', recoveryMay, recovery),
  frame('average recover|resolve', `${recoveryMay}`, recovery),
  frame('duration incident', recoveryMay, recovery),
  frame('earliest incident|problem resolved|fixed|recover|over', recoveryMay, recovery),
]

export const figureFrames: readonly Frame[] = [
  ...successFrames,
  ...durationFrames,
  ...aloneFrames,
  ...calibrationFrames,
  ...countFrames,
  ...recoveryFrames,
]
