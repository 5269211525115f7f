import type { About, Query } from './query.ts'

/** A query back in words, as every answer shows it: how the question was read. */
export const sayQuery = (query: Query): string => {
  const { about } = query
  switch (query.subject) {
    case 'what_happened':
      return `what happened ${sayAbout(about, 'in', 'to')}`
    case 'who_approved':
      return `who approved what ${sayAbout(about, 'in', 'for')}`
    case 'why_blocked':
      return `what stands in the way ${sayAbout(about, 'in', 'for')}`
    case 'why_refused':
      return `why ${query.mine ? 'you were' : 'anybody was'} refused ${sayAbout(about, 'in', 'for')}`
    case 'what_runs':
      return `${whatRuns[query.state]} now${about.kind === 'everything' ? ', everywhere' : ` ${sayAbout(about, 'in', 'on')}`}`
    case 'status':
      return about.kind === 'everything' ? 'which incidents are open' : `the status of ${nameOf(about)}`
    case 'what_next':
      return `what you can do now ${sayAbout(about, 'in', 'for')}`
    case 'silences':
      return about.kind === 'everything' ? 'what is silenced' : `why ${nameOf(about)} was quiet`
  }
}

const whatRuns = {
  any: 'what runs or waits',
  running: 'what is running',
  waiting: 'what waits to run',
} as const

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
