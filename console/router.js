/** Real addresses: each page has a URL that can be sent to a colleague, and Back works. */

/** @typedef {{ name: string, params: Record<string, string>, query: URLSearchParams, path: string }} Route */

const patterns = [
  ['home', /^\/$/],
  ['incident', /^\/incidents\/(?<id>[^/]+)$/],
  ['proposal', /^\/proposals\/(?<id>[^/]+)$/],
  ['queue', /^\/runs$/],
  ['why', /^\/runs\/(?<id>[^/]+)\/policy$/],
  ['run', /^\/runs\/(?<id>[^/]+)$/],
  ['approvals', /^\/approvals$/],
  ['people', /^\/people$/],
  ['keys', /^\/keys$/],
  ['learning', /^\/learning$/],
  ['silences', /^\/silences$/],
  ['governance', /^\/governance$/],
  ['health', /^\/health$/],
]

/** @returns {Route} */
export function routeOf(url) {
  for (const [name, pattern] of patterns) {
    const match = pattern.exec(url.pathname)
    if (match)
      return { name, params: decoded(match.groups ?? {}), query: url.searchParams, path: url.pathname }
  }
  return { name: 'missing', params: {}, query: url.searchParams, path: url.pathname }
}

function decoded(groups) {
  return Object.fromEntries(Object.entries(groups).map(([key, value]) => [key, safeDecode(value)]))
}

function safeDecode(value) {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

let show = () => {}

export const current = () => routeOf(new URL(location.href))

export function go(path, { replace = false } = {}) {
  if (path === location.pathname + location.search) return
  history[replace ? 'replaceState' : 'pushState'](null, '', path)
  show(current())
}

/** Calls `listener` with the route now and after every move; links within the console move without a reload. */
export function startRouter(listener) {
  show = listener
  addEventListener('popstate', () => show(current()))
  document.addEventListener('click', (event) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null
    if (!link || link.target === '_blank' || link.hasAttribute('download')) return
    const url = new URL(link.href)
    if (url.origin !== location.origin || url.hash !== '' || routeOf(url).name === 'missing') return
    event.preventDefault()
    go(url.pathname + url.search)
  })
  show(current())
}

export const incidentPath = (id, tab) =>
  `/incidents/${encodeURIComponent(id)}${tab && tab !== 'thread' ? `?tab=${tab}` : ''}`
export const proposalPath = (id) => `/proposals/${encodeURIComponent(id)}`
export const runPath = (id) => `/runs/${encodeURIComponent(id)}`
export const whyPath = (id) => `${runPath(id)}/policy`
export const governancePath = (tab) => `/governance${tab === 'modes' ? '' : `?tab=${tab}`}`
