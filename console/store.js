/** What more than one part of the page needs to know. Parts subscribe; a burst of changes draws once. */

const state = {
  /** GET /v1/me, or null before the first answer. */
  me: null,
  /** The route shown, of router.js. */
  route: null,
  channels: [],
  /** The channel whose incidents are listed. */
  channel: null,
  /** Newest first; null while loading. */
  incidents: null,
  moreIncidents: null,
  /** Approval requests that wait; null while unknown. */
  approvals: null,
  governance: null,
  /** GET /v1/queue: what runs, waits, ended and needs a person; null while unknown. */
  queue: null,
  /** GET /v1/lab, or null outside the lab. */
  lab: null,
  connection: 'off',
  drawer: false,
}

const subscribers = new Set()
let planned = false

export const read = () => state

/** @param {Partial<typeof state>} change */
export function write(change) {
  Object.assign(state, change)
  if (planned) return
  planned = true
  queueMicrotask(() => {
    planned = false
    for (const subscriber of subscribers) subscriber(state)
  })
}

export function subscribe(subscriber) {
  subscribers.add(subscriber)
  return () => subscribers.delete(subscriber)
}

const remembered = 'suture.'

export function recall(name) {
  try {
    return localStorage.getItem(remembered + name)
  } catch {
    return null
  }
}

export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(remembered + name)
    else localStorage.setItem(remembered + name, value)
  } catch {
    // A browser that keeps nothing still works; it only forgets.
  }
}
