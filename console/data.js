import { get, post, remove, setCsrfToken } from './api.js'
import { connect, disconnect } from './events.js'
import { read, recall, remember, write } from './store.js'

/** Brings the shared parts of the store up to date. Each loader runs once at a time; asked again meanwhile, it runs once more. */

function coalesced(load) {
  let running = null
  let again = false
  return function start() {
    if (running) {
      again = true
      return running
    }
    running = load().finally(() => {
      running = null
      if (!again) return
      again = false
      return start()
    })
    return running
  }
}

export const loadMe = async () => {
  const me = await get('/v1/me')
  setCsrfToken(me.csrfToken)
  write({ me })
  return me
}

export const loadChannels = coalesced(async () => {
  const { items } = await get('/v1/channels')
  const { channel } = read()
  const names = items.map((item) => item.name)
  const wanted = names.includes(channel)
    ? channel
    : names.includes(recall('channel'))
      ? recall('channel')
      : (names[0] ?? null)
  write({ channels: items })
  if (wanted !== channel) await chooseChannel(wanted)
})

export async function chooseChannel(channel) {
  if (channel === read().channel) return
  if (channel) remember('channel', channel)
  write({ channel, incidents: null, moreIncidents: null })
  await loadIncidents()
}

export const loadIncidents = coalesced(async () => {
  const { channel, incidents } = read()
  if (!channel) return write({ incidents: [], moreIncidents: null })
  const limit = Math.min(200, Math.max(50, incidents?.length ?? 0))
  const page = await get(`/v1/incidents?channel=${encodeURIComponent(channel)}&limit=${limit}`)
  if (read().channel === channel) write({ incidents: page.items, moreIncidents: page.next })
})

export async function loadMoreIncidents() {
  const { channel, incidents, moreIncidents } = read()
  if (!channel || !moreIncidents) return
  const page = await get(
    `/v1/incidents?channel=${encodeURIComponent(channel)}&limit=50&after=${encodeURIComponent(moreIncidents)}`,
  )
  const known = new Set((incidents ?? []).map((each) => each.id))
  write({
    incidents: [...(incidents ?? []), ...page.items.filter((each) => !known.has(each.id))],
    moreIncidents: page.next,
  })
}

export const loadApprovals = coalesced(async () => {
  const page = await get('/v1/approvals?status=pending&limit=100')
  write({ approvals: page.items })
})

export const loadGovernance = coalesced(async () => {
  write({ governance: await get('/v1/governance') })
})

export const loadLab = coalesced(async () => {
  if (read().me?.lab) write({ lab: await get('/v1/lab') })
})

export const loadShared = () =>
  Promise.all([
    loadChannels().then(loadIncidents),
    loadApprovals(),
    loadGovernance(),
    loadLab().catch(() => undefined),
  ])

/** Becomes somebody (else): everything that was read as the one before is read anew. */
async function begin() {
  await loadMe()
  connect()
  await loadShared()
}

export async function signIn(key) {
  await post('/v1/session', { key })
  await begin()
}

export async function become(personId) {
  await post('/v1/lab/persona', { personId })
  await begin()
}

export async function signOut() {
  await remove('/v1/session')
  disconnect()
  location.assign('/')
}

export { begin }
