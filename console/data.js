import { changeSession, get, post, remove, setCsrfToken } from './api.js'
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

export const loadMe = async (options) => {
  const me = await get('/v1/me', options)
  setCsrfToken(me.csrfToken)
  write({ me })
  return me
}

/**
 * The channels with their open counts, and the list of the one that is chosen: read together and shown at once. Two
 * answers may still lie on either side of a change, so a list that is whole says the count beside it.
 */
export const loadLists = coalesced(async () => {
  const { channel } = read()
  const [{ items }, list] = await Promise.all([get('/v1/channels'), incidentsOf(channel)])
  // Another channel was chosen meanwhile: its own load follows.
  if (read().channel !== channel) return write({ channels: items })
  const names = items.map((item) => item.name)
  const remembered = recall('channel')
  const wanted = [channel, remembered].find((name) => names.includes(name)) ?? names[0] ?? null
  if (wanted === channel) return write({ channels: counted(items, channel, list), ...list })
  if (wanted) remember('channel', wanted)
  write({ channels: items, channel: wanted, incidents: null, moreIncidents: null })
  const first = await incidentsOf(wanted)
  if (read().channel === wanted) write({ channels: counted(items, wanted, first), ...first })
})

function counted(channels, name, { incidents, moreIncidents }) {
  if (moreIncidents) return channels
  const open = incidents.filter((each) => each.status !== 'resolved').length
  return channels.map((each) => (each.name === name ? { ...each, open } : each))
}

async function incidentsOf(channel) {
  if (!channel) return { incidents: [], moreIncidents: null }
  const limit = Math.min(200, Math.max(50, read().incidents?.length ?? 0))
  const page = await get(`/v1/incidents?channel=${encodeURIComponent(channel)}&limit=${limit}`)
  return { incidents: page.items, moreIncidents: page.next }
}

export async function chooseChannel(channel) {
  if (channel === read().channel) return
  if (channel) remember('channel', channel)
  write({ channel, incidents: null, moreIncidents: null })
  await loadLists()
}

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

export const loadQueue = coalesced(async () => {
  write({ queue: await get('/v1/queue') })
})

export const loadGovernance = coalesced(async () => {
  write({ governance: await get('/v1/governance') })
})

export const loadLab = coalesced(async () => {
  if (read().me?.lab) write({ lab: await get('/v1/lab') })
})

export const loadShared = () =>
  Promise.all([
    loadLists(),
    loadApprovals(),
    loadGovernance(),
    loadQueue().catch(() => undefined),
    loadLab().catch(() => undefined),
  ])

/** Becomes somebody (else): everything that was read as the one before is read anew. */
async function begin(change = async () => undefined) {
  await changeSession(async () => {
    await change()
    await loadMe({ changes: true })
  })
  connect()
  await loadShared()
}

export const signIn = (key) => begin(() => post('/v1/session', { key }, { changes: true }))

export const become = (personId) => begin(() => post('/v1/lab/persona', { personId }, { changes: true }))

export async function signOut() {
  await changeSession(() => remove('/v1/session', { changes: true }))
  disconnect()
  location.assign('/')
}

export { begin }
