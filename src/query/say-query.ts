import type { Piece } from './line.ts'
import { type About, aboutOf, type Query, type Versus, type When } from './query.ts'

/** A query back in words, as every answer shows it: how the question was read. `nameOf`: of a person. */
export const sayQuery = (query: Query, person: (id: string) => string = (id) => id): Piece[] => {
  const { asked, when, versus } = said(query, person)
  return [asked, ...sayWhen(when), ...sayVersus(versus)]
}

interface SaidQuery {
  readonly asked: string
  readonly when?: When
  readonly versus?: Versus
}

const said = (query: Query, person: (id: string) => string): SaidQuery => {
  const about = aboutOf(query)
  switch (query.subject) {
    case 'what_happened':
      return { asked: `what happened ${sayAbout(about, 'in', 'to')}` }
    case 'who_approved':
      return { asked: `who approved what ${sayAbout(about, 'in', 'for')}` }
    case 'why_blocked':
      return { asked: `what stands in the way ${sayAbout(about, 'in', 'for')}` }
    case 'why_refused':
      return {
        asked: `why ${query.mine ? 'you were' : 'anybody was'} refused ${sayAbout(about, 'in', 'for')}`,
        when: query.when,
      }
    case 'what_runs':
      return {
        asked: `${whatRuns[query.state]} now${about.kind === 'everything' ? ', everywhere' : ` ${sayAbout(about, 'in', 'on')}`}`,
      }
    case 'status':
      return {
        asked: about.kind === 'everything' ? 'which incidents are open' : `the status of ${nameOf(about)}`,
      }
    case 'what_next':
      return { asked: `what you can do now ${sayAbout(about, 'in', 'for')}` }
    case 'silences':
      return { asked: about.kind === 'everything' ? 'what is silenced' : `why ${nameOf(about)} was quiet` }
    case 'learning':
      return {
        asked: `${pickWords(query)}${measureWords[query.measure]}${ofPlaybook(query.playbook)}${on(about)}${per(query.group)}`,
        when: query.when,
        versus: query.versus,
      }
    case 'recovery':
      return {
        asked: `${query.pick === 'all' ? '' : `the ${query.pick} `}time to recover${on(about)}${per(query.group)}`,
        when: query.when,
        versus: query.versus,
      }
    case 'incidents':
      return {
        asked: `${query.count ? 'how many' : 'which'}${query.state === 'any' ? '' : ` ${query.state}`}${query.severity === null ? '' : ` ${query.severity}`} incidents${on(about)}${per(query.group)}`,
        when: query.when,
        versus: query.versus,
      }
    case 'runs':
      return {
        asked: `${query.count ? 'how many' : 'which'} runs${ofPlaybook(query.playbook)}${on(about)}${query.outcome === 'any' ? '' : ` ${outcomeWords[query.outcome]}`}`,
        when: query.when,
      }
    case 'decisions':
      return {
        asked: `what ${query.person === null ? 'anybody' : person(query.person)} ${decisionWords[query.decision]}${on(about)}`,
        when: query.when,
      }
    case 'audit':
      return {
        asked: `what is on record${query.person === null ? '' : ` of ${person(query.person)}`}${on(about)}`,
        when: query.when,
      }
    case 'changes':
      return { asked: `what changed${on(about)}`, when: query.when }
    case 'next_allowed':
      return { asked: `when ${query.playbook ?? 'something'} may run next${on(about)}` }
    case 'governance':
      return { asked: `${ruleWords[query.what]}${on(about)}` }
    case 'who_can':
      return { asked: `who may approve${on(about)}` }
    case 'proof':
      return { asked: `the proof of ${nameOf(about)}` }
    case 'focus':
      return { asked: 'what to look at first' }
    case 'scheduler':
      return { asked: 'how proposing goes' }
    case 'self_test':
      return { asked: 'run the self-test' }
    case 'help':
      return { asked: 'what can be asked' }
  }
}

const whatRuns = {
  any: 'what runs or waits',
  running: 'what is running',
  waiting: 'what waits to run',
} as const

const measureWords = {
  success: 'how often remediations work',
  counts: 'how remediations ended',
  duration: 'how long remediations take',
  self_recovery: 'how often incidents recover alone',
  calibration: 'how often stated odds come true',
} as const

const outcomeWords = {
  succeeded: 'succeeded',
  failed: 'failed',
  rolled_back: 'were rolled back',
  timed_out: 'timed out',
  blocked: 'were blocked',
  unknown: 'ended unknown',
  canceled: 'were canceled',
} as const

const decisionWords = { any: 'approved or rejected', approve: 'approved', reject: 'rejected' } as const

const ruleWords = {
  mode: 'which mode holds',
  freeze: 'which freezes stand',
  windows: 'the change windows',
  policy: 'which policy is in force',
  break_glass: 'which broken glass is open',
} as const

const pickWords = ({ pick, measure }: Extract<Query, { subject: 'learning' }>): string => {
  switch (pick) {
    case 'all':
      return ''
    case 'best':
      return measure === 'duration' ? 'the quickest: ' : 'the best: '
    case 'worst':
      return measure === 'duration' ? 'the slowest: ' : 'the worst: '
    case 'never':
      return 'what never worked: '
  }
}

const ofPlaybook = (playbook: string | null): string => (playbook === null ? '' : ` of ${playbook}`)
const per = (group: string | null): string => (group === null ? '' : ` per ${group}`)
const on = (about: About): string =>
  about.kind === 'everything' ? '' : about.kind === 'service' ? ` on ${about.name}` : ` in ${about.id}`

const sayWhen = (when: When | undefined): Piece[] => {
  if (when === undefined) return []
  switch (when.kind) {
    case 'all':
      return [', of all time']
    case 'between':
      return [', from ', Temporal.Instant.from(when.from), ' to ', Temporal.Instant.from(when.to)]
    case 'since_change':
      return [`, since the newest change of ${when.service}`]
  }
}

const sayVersus = (versus: Versus | undefined): Piece[] => {
  if (versus === undefined || versus === null) return []
  return versus.kind === 'when'
    ? [', against the same', ...sayWhen(versus.when)]
    : [`, against ${versus.name}`]
}

const sayAbout = (about: About, ofRecords: string, ofServices: string): string =>
  about.kind === 'service' ? `${ofServices} ${nameOf(about)}` : `${ofRecords} ${nameOf(about)}`

export const nameOf = (about: About): string => {
  switch (about.kind) {
    case 'incident':
    case 'run':
    case 'request':
    case 'proposal':
      return about.id
    case 'service':
      return about.name
    case 'everything':
      return 'all incidents'
  }
}
