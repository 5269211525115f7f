/** The feed of changes. It carries no content: whoever shows a thing fetches it anew. */

/** @typedef {{ topic: string, id: string }} Change */

const firstDelayMs = 500
const longestDelayMs = 15_000

const listeners = new Set()
const stateListeners = new Set()

let source = null
let timer = 0
let failures = 0
/** `off` before the first connection, then `live` or `broken`. */
let state = 'off'

/** Calls `listener` with each change, and with null when changes may have been missed and all must be read anew. */
export function onChange(listener) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function onConnection(listener) {
  stateListeners.add(listener)
  return () => stateListeners.delete(listener)
}

export const isLive = () => state === 'live'

/** Connects, or connects anew at once: after another person signed in, or when the network is back. */
export function connect() {
  disconnect()
  source = new EventSource('/v1/events')
  source.onopen = () => {
    failures = 0
    move('live')
    // Whatever changed before the feed was open was not told: read everything anew.
    tell(null)
  }
  source.addEventListener('change', (event) => {
    const change = read(event.data)
    if (change) tell(change)
  })
  source.addEventListener('gap', () => tell(null))
  source.onerror = retryLater
}

/** A page that slept may hold a connection that is dead without knowing it. */
const sleepMs = 30_000
let hiddenSince = 0
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') hiddenSince = Date.now()
  else if (source && Date.now() - hiddenSince > sleepMs) connect()
})

export function disconnect() {
  clearTimeout(timer)
  source?.close()
  source = null
}

// The browser's own retry gives up on an HTTP error and never waits longer: this one does both.
function retryLater() {
  disconnect()
  failures += 1
  move('broken')
  const longest = Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1))
  timer = setTimeout(connect, longest * (0.6 + Math.random() * 0.4))
}

function move(to) {
  if (state === to) return
  state = to
  for (const listener of stateListeners) listener(to)
}

function tell(change) {
  for (const listener of listeners) listener(change)
}

function read(data) {
  try {
    const { topic, id } = JSON.parse(data)
    return { topic: String(topic), id: String(id) }
  } catch {
    return null
  }
}

/**
 * Calls `refresh` soon after any change of these topics (or a gap), once for a burst. What goes on changing does not put
 * it off. Returns the way to stop.
 */
export function refreshOn(topics, refresh, { concerns = () => true, delayMs = 60 } = {}) {
  let waiting = 0
  const stop = onChange((change) => {
    if (change && !(topics.includes(change.topic) && concerns(change))) return
    if (waiting) return
    waiting = setTimeout(() => {
      waiting = 0
      refresh()
    }, delayMs)
  })
  return () => {
    clearTimeout(waiting)
    stop()
  }
}
