import { type Query, type RunState } from '../query.ts'
import { type Frame, frame, plain, timed } from './frame.ts'
import { aboutIn, type Said, versusIn } from './said.ts'

/** Lists and numbers: incidents, runs, changes, decisions and what is on record. */

type IncidentQuery = Extract<Query, { subject: 'incidents' }>

const severities = ['critical', 'high', 'medium', 'low'] as const
const one = <T extends string>(said: Said, among: readonly T[]): T | null | 'many' => {
  const found = among.filter((each) => said.tags.has(each))
  return found.length > 1 ? 'many' : (found[0] ?? null)
}

/** `per service`, `which day`: by what the figures are grouped; `many` when by two things at once. */
export const groupIn = <G extends string>(said: Said, groups: readonly G[]): G | null | 'many' => {
  const found = groups.filter((each) => said.tags.has(`group_${each}`) || said.tags.has(`which_${each}`))
  return found.length > 1 ? 'many' : (found[0] ?? null)
}
export const groupTags = (groups: readonly string[]): string =>
  groups.map((each) => `group_${each} which_${each}`).join(' ')

const incidents: Frame['query'] = (said, place) => {
  const severity = one(said, severities)
  const found = one(said, ['open', 'resolved', 'fixed', 'resolve'] as const)
  // `not resolved yet`; what is not open was never asked for.
  const negated = said.tags.has('not')
  const state = negated && (found === 'resolved' || found === 'fixed') ? 'open' : found
  if (negated && state === found) return null
  const group = groupIn(said, ['service', 'day'] as const)
  if (severity === 'many' || state === 'many' || group === 'many') return null
  if (said.tags.has('severity') && severity === null) return null
  if (said.tags.has('now') && state !== 'open' && state !== null) return null
  if (said.tags.has('now') && (said.times.length > 0 || said.tags.has('history'))) return null
  const among = versusIn(said, place, (part) => aboutIn(part, place, 'service', 'everything'))
  if (among === null || among === 'which_one') return among
  const count =
    said.tags.has('count') ||
    said.tags.has('more') ||
    said.tags.has('less') ||
    said.tags.has('most') ||
    said.tags.has('least')
  if ((said.tags.has('more') || said.tags.has('less')) && among.versus === null) return null
  if ((said.tags.has('most') || said.tags.has('least')) && group === null) return null
  if (said.tags.has('how') && among.versus === null) return null
  // `who has more incidents, web or search?`; `who` alone asks for a person.
  if ((said.tags.has('who') || said.tags.has('where')) && among.versus?.kind !== 'service') return null
  const query: IncidentQuery = {
    subject: 'incidents',
    about: among.about,
    when: among.when,
    state: state === null ? (said.tags.has('now') ? 'open' : 'any') : state === 'open' ? 'open' : 'resolved',
    severity,
    count,
    group,
    versus: among.versus,
  }
  const bare =
    query.when.kind === 'all' && severity === null && !count && group === null && query.versus === null
  // Those that are open now are the status.
  return bare && query.state === 'open' ? { subject: 'status', about: query.about } : query
}
const incidentMay = `all_services times how who hit not resolve where SERVICE THIS TIME now open resolved fixed critical high medium low severity count history happen happening vs compare than more less most least or ${groupTags(['service', 'day'])}`
const incidentFrames: Frame[] = [
  frame('problem TIME|count|critical', incidentMay, incidents),
  frame('incident', `${incidentMay} problem`, (said, place) =>
    said.tags.has('history') &&
    said.tags.size < 4 &&
    place.thread !== null &&
    said.times.length === 0 &&
    said.services.length === 0
      ? null
      : incidents(said, place),
  ),
  frame('broken TIME', 'SERVICE doing', (said, place) =>
    // `what broke checkout yesterday` asks for a cause.
    said.tags.has('anything') || (said.tags.has('what') && said.services.length === 0)
      ? incidents({ ...said, tags: new Set([...said.tags].filter((tag) => tag !== 'doing')) }, place)
      : null,
  ),
  // `has anything gone wrong today`; `what happened yesterday` may ask for a story.
  frame('happen anything TIME', 'SERVICE', (said, place) =>
    incidents({ ...said, tags: new Set([...said.tags].filter((tag) => tag !== 'happen')) }, place),
  ),
  frame('count open', 'now SERVICE TIME critical', incidents),
  frame('open TIME', 'SERVICE THIS', (said, place) =>
    said.tags.has('what') || said.tags.has('which') || said.tags.has('anything')
      ? incidents(said, place)
      : null,
  ),
  frame('critical', incidentMay, (said, place) =>
    // `is it critical?` asks of one.
    said.tags.has('only') || (said.pointsAt.length + said.records.length > 0 && !said.tags.has('what'))
      ? null
      : incidents(said, place),
  ),
  frame('severity high|medium|low', incidentMay, incidents),
]

const outcomeTags = {
  succeed: 'succeeded',
  work: 'succeeded',
  failed: 'failed',
  rolledback: 'rolled_back',
  timedout: 'timed_out',
  blocked: 'blocked',
  unknown: 'unknown',
  canceled: 'canceled',
} as const
const outcomeNames = Object.keys(outcomeTags) as (keyof typeof outcomeTags)[]
const outcomes = outcomeNames.join(' ')

const runs = timed(
  (about, when, said) => {
    // `how many playbooks failed`: of those, nobody counted.
    if (said.tags.has('count') && said.tags.has('playbook') && !said.tags.has('run')) return null
    const outcome = one(said, outcomeNames)
    if (outcome === 'many') return null
    return {
      subject: 'runs',
      about,
      playbook: said.playbooks[0] ?? null,
      when,
      outcome: outcome === null ? 'any' : outcomeTags[outcome],
      count: said.tags.has('count'),
    }
  },
  'any',
  'everything',
)
const runMay = `SERVICE THIS RECORD TIME PLAYBOOK ${outcomes} count times history end outcome fix happen start you hit`
const runFrames: Frame[] = [
  frame('run', `${runMay} playbook`, (said, place) => {
    const filtered =
      said.times.length > 0 ||
      said.playbooks.length > 0 ||
      said.tags.has('count') ||
      outcomeNames.some((each) => said.tags.has(each))
    if (said.records.some(({ kind }) => kind === 'run')) return null
    if (said.tags.has('outcome') && !outcomeNames.some((each) => said.tags.has(each))) return null
    // `what runs on checkout?` asks about now.
    if (said.tags.has('what') && !filtered && !said.tags.has('fix')) return null
    return runs(said, place)
  }),
  frame('ran', `${runMay} playbook anyone which_playbook`, runs),
  frame(
    'failed|timedout|rolledback|canceled what|which|anything|everything|count',
    `${runMay} fix playbook`,
    (said, place) => (said.tags.has('fix') && said.tags.has('playbook') ? null : runs(said, place)),
  ),
  frame('failed|timedout|rolledback|canceled TIME', 'count THIS', runs),
  frame('timedout|rolledback|canceled TIME|SERVICE', 'TIME SERVICE THIS count fix', runs),
  frame('PLAYBOOK howoften|count|times do|TIME', 'SERVICE THIS TIME count times', (said, place) => {
    const query = runs(said, place)
    return query === null || query === 'which_one' || query.subject !== 'runs' || said.times.length === 0
      ? null
      : { ...query, count: true }
  }),
  frame('PLAYBOOK howoften failed|timedout|rolledback|canceled TIME', 'SERVICE THIS', (said, place) => {
    const query = runs(said, place)
    return query === null || query === 'which_one' || query.subject !== 'runs'
      ? null
      : { ...query, count: true }
  }),
  frame('blocked TIME', runMay, runs),
  frame('PLAYBOOK howoften run|ran', runMay, (said, place) => {
    const query = runs(said, place)
    return query === null || query === 'which_one' || query.subject !== 'runs'
      ? query
      : { ...query, count: true }
  }),
  frame('PLAYBOOK failed|timedout|rolledback|canceled|times', runMay, runs),
  frame(
    'fix|playbook|which_playbook failed|timedout|rolledback|canceled|blocked TIME|SERVICE',
    runMay,
    (said, place) => (said.tags.has('which_playbook') && said.tags.has('failed') ? null : runs(said, place)),
  ),
  frame('count fix failed|timedout|rolledback|canceled|succeed', runMay, runs),
]

const live = (state: RunState) =>
  plain((about) => ({ subject: 'what_runs', about, state }), 'any', 'everything')
const liveMay = 'all_services SERVICE THIS RECORD now'
const liveFrames: Frame[] = [
  frame('run', `${liveMay} open which`, (said, place) =>
    // `which runs did inc-12 have` are all of them.
    !(said.tags.has('which') && said.records.length + said.pointsAt.length > 0) &&
    (said.tags.has('what') || said.tags.has('which') || said.tags.has('now') || said.tags.has('open')) &&
    said.tags.has('run')
      ? // What runs `now` is not what waits.
        live(said.tags.has('now') && !said.tags.has('open') ? 'running' : 'any')(said, place)
      : null,
  ),
  frame('run|running|progress waiting or', `${liveMay}`, live('any')),
  frame('run|running what waiting', `${liveMay} or`, (said, place) =>
    said.tags.has('or') ? live('any')(said, place) : null,
  ),
  frame('progress', `${liveMay} run fix`, live('running')),
  frame('run not resolved|end|done', `${liveMay}`, live('any')),
  frame('run unfinished', liveMay, live('any')),
  frame('running', `${liveMay} run fix playbook which_playbook progress you`, (said, place) =>
    // `is run-9 still running` may as well ask how it stands.
    said.records.some(({ kind }) => kind === 'run') ? null : live('running')(said, place),
  ),
  frame('running waiting', `${liveMay} run`, live('any')),
  frame('you do|doing|activity', 'SERVICE now doing', (said, place) =>
    said.tags.has('what') && (said.tags.has('now') || said.tags.has('doing') || said.tags.has('activity'))
      ? live('running')(said, place)
      : null,
  ),
  frame('waiting', `${liveMay} run request approval open approve decide`, live('waiting')),
  frame('open request|approval', liveMay, live('waiting')),
  frame('need|must approval|approve|approved|decide|vote', `${liveMay} run request now be`, (said, place) =>
    ['what', 'which', 'anything', 'everything', 'run', 'request'].some((tag) => said.tags.has(tag))
      ? live('waiting')(said, place)
      : null,
  ),
]

const votes = ['approve', 'approved', 'approval', 'reject', 'rejected', 'vote', 'decide', 'sayno'] as const
const decisionOf = (said: Said): 'approve' | 'reject' | 'any' => {
  const yes = ['approve', 'approved', 'approval'].some((tag) => said.tags.has(tag))
  const no = ['reject', 'rejected', 'sayno'].some((tag) => said.tags.has(tag))
  return yes === no ? 'any' : yes ? 'approve' : 'reject'
}

const decisions = timed(
  (about, when, said, place) => {
    const mine = said.tags.has('i')
    if (mine && said.people.length > 0) return null
    const person = said.people[0] ?? (mine ? place.asker : null)
    return { subject: 'decisions', about, person, decision: decisionOf(said), when }
  },
  'any',
  'everything',
)
const whoApproved = plain((about) => ({ subject: 'who_approved', about }), 'record', 'thread')
const voteWords = votes.join('|')
const decisionMay = `take make ${votes.join(' ')} SERVICE THIS RECORD TIME run request proposal history fix playbook`
const decisionFrames: Frame[] = [
  frame(`PERSON|i ${voteWords}`, decisionMay, decisions),
  frame('PERSON how vote|decide', decisionMay, decisions),
  frame('who how vote TIME|SERVICE', decisionMay, decisions),
  frame('how vote|decide RECORD|THIS', 'people doing go run request', whoApproved),
  frame('ok anyone do RECORD|THIS', '', whoApproved),
  frame(`who ${voteWords}`, `${decisionMay}`, (said, place) => {
    // `who approves here` asks who may.
    if (['approve', 'reject'].some((tag) => said.tags.has(tag)) && !said.tags.has('do')) return null
    const wide =
      said.times.length > 0 ||
      said.services.length > 0 ||
      (said.tags.has('what') && said.records.length + said.pointsAt.length === 0 && place.thread === null)
    // Who said no is a decision as any other; who said yes also tells who still has to.
    const pointsOut = said.records.length + said.pointsAt.length > 0
    if (!wide && decisionOf(said) === 'reject' && (pointsOut || place.thread !== null))
      return decisions(pointsOut ? said : { ...said, pointsAt: ['any'] }, place)
    return wide ? decisions(said, place) : whoApproved(said, place)
  }),
  // What was rejected, and not who voted.
  frame('rejected|sayno anything RECORD|THIS', decisionMay, (said, place) => decisions(said, place)),
  frame('approved|approval|rejected|vote|decide', `${decisionMay} anyone history`, (said, place) => {
    if (
      said.tags.has('anything') &&
      said.tags.has('rejected') &&
      said.records.length + said.pointsAt.length > 0
    )
      return null
    if (said.times.length > 0 || said.services.length > 0)
      return said.tags.has('anyone') ? null : decisions(said, place)
    if (said.records.length + said.pointsAt.length > 0 || said.tags.has('anyone'))
      return whoApproved(said, place)
    return null
  }),
  frame('anyone approve|reject', 'RECORD THIS', (said, place) =>
    said.tags.has('reject') ? decisions(said, place) : whoApproved(said, place),
  ),
]

const audit = timed(
  (about, when, said, place) => {
    const mine = said.tags.has('i')
    if (mine && said.people.length > 0) return null
    return { subject: 'audit', about, person: said.people[0] ?? (mine ? place.asker : null), when }
  },
  'any',
  'everything',
)
/** Nobody approves by silence: what was voted down. */
const votedDown: Frame['query'] = (said, place) =>
  ['what', 'which', 'anything', 'everything'].some((tag) => said.tags.has(tag))
    ? decisions({ ...said, tags: new Set(['reject']) }, place)
    : null
decisionFrames.push(frame('not approved TIME|SERVICE', 'SERVICE THIS request proposal', votedDown))

const auditMay =
  'all_services SERVICE THIS RECORD TIME PERSON i log record story history audit activity touch done'
const auditFrames: Frame[] = [
  frame('audit', auditMay, audit),
  frame('action PERSON', `${auditMay} take`, audit),
  frame('action i TIME', `${auditMay} take`, audit),
  frame('log everything', auditMay, audit),
  frame('log PERSON|RECORD|i', auditMay, audit),
  frame('record|activity|touch PERSON|SERVICE|RECORD|THIS|TIME|i', `${auditMay} who`, (said, place) =>
    said.tags.has('who') && !said.tags.has('touch') ? null : audit(said, place),
  ),
  frame('history PERSON', auditMay, audit),
  frame('PERSON do|done|activity|touch', `${auditMay} doing`, audit),
  frame('PERSON doing TIME', auditMay, audit),
  frame('i done|do TIME|SERVICE', auditMay, audit),
]

const changesOf = timed((about, when) => ({ subject: 'changes', about, when }), 'any', 'everything')
/** It is services that are changed: `here` is the service of the thread. */
const changes: Frame['query'] = (said, place) =>
  changesOf(
    place.thread?.service == null ? said : { ...said, pointsAt: said.pointsAt.map(() => 'service' as const) },
    place,
  )
const changeFrames: Frame[] = [
  frame(
    'deploy|change',
    'all_services SERVICE THIS RECORD TIME make done deploy change config history happen record anyone log',
    (said, place) =>
      // `is the deploy done` asks of one.
      said.tags.has('done') && !['what', 'which', 'anything'].some((tag) => said.tags.has(tag))
        ? null
        : changes(said, place),
  ),
  frame('config change|deploy', 'SERVICE THIS RECORD TIME deploy change history', changes),
]

export const workFrames: readonly Frame[] = [
  ...incidentFrames,
  ...runFrames,
  ...liveFrames,
  ...decisionFrames,
  ...auditFrames,
  ...changeFrames,
]
