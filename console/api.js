/** The one way to `/v1`: JSON in and out, CSRF and idempotency added, every failure an `ApiError` with a remedy. */

/**
 * @typedef {{ title: string, detail: string, remedy: string, code: string, status: number, earliest?: string }} Problem
 */
export class ApiError extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail || problem.title)
    this.problem = problem
  }
}

let csrfToken = null
let onSignedOut = () => {}

export const setCsrfToken = (token) => {
  csrfToken = token
}
/** What to do when a session has ended. */
export const whenSignedOut = (listener) => {
  onSignedOut = listener
}

const underWay = new Set()
let changing = null

/** Longer than an answer takes; one that hangs does not keep anybody from becoming somebody else. */
const letFinishMs = 5_000

/**
 * Changes who is signed in while nothing else is asked. A request under way would be answered to somebody who is gone: by a refusal
 * that looks as if the session had ended. What `change` itself asks says so by `changes`.
 */
export async function changeSession(change) {
  while (changing) await changing
  const { promise, resolve } = Promise.withResolvers()
  changing = promise
  try {
    await Promise.race([
      Promise.allSettled(underWay),
      new Promise((enough) => setTimeout(enough, letFinishMs)),
    ])
    return await change()
  } finally {
    changing = null
    resolve()
  }
}

/** A key for one intent: sent again with it, the same request is done once. */
export const newKey = () =>
  globalThis.crypto.randomUUID?.() ??
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** @param {string} path @param {{ signal?: AbortSignal, changes?: boolean }} [options] @returns {Promise<any>} */
export const get = (path, options = {}) => request('GET', path, undefined, options)

/**
 * What everybody is told, without a key: for when none can be looked up. 503 is an answer here.
 * @returns {Promise<{ status: string, version: string, failing: { name: string, status: string, detail: string }[] } | null>}
 */
export async function openHealth() {
  const init = { headers: { Accept: 'application/json' }, credentials: 'omit', redirect: 'error' }
  const response = await fetch('/health', init).catch(() => null)
  const answer = await response?.json().catch(() => null)
  return Array.isArray(answer?.failing) ? answer : null
}

/** @param {string} path @param {unknown} [body] @param {{ key?: string, changes?: boolean }} [options] @returns {Promise<any>} */
export const post = (path, body, { key = newKey(), changes } = {}) =>
  request('POST', path, body ?? {}, { key, changes })

export const patch = (path, body) => request('PATCH', path, body, {})
export const remove = (path, options = {}) => request('DELETE', path, undefined, options)

async function request(method, path, body, options) {
  if (options.changes) return ask(method, path, body, options)
  while (changing) await changing
  const asking = ask(method, path, body, options)
  underWay.add(asking)
  try {
    return await asking
  } finally {
    underWay.delete(asking)
  }
}

async function ask(method, path, body, { key, signal }) {
  const headers = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken
  if (key) headers['Idempotency-Key'] = key
  const init = { method, headers, credentials: 'same-origin', signal: signal ?? null, redirect: 'error' }
  if (body !== undefined) init.body = JSON.stringify(body)
  const response = await send(path, init, key !== undefined || method === 'GET')
  if (response.status === 204) return null
  const answer = await response.json().catch(() => null)
  if (response.ok) return answer
  if (response.status === 401 && path !== '/v1/session') onSignedOut()
  throw new ApiError(asProblem(response, answer))
}

/** One more try after a broken connection: a GET changes nothing, and a POST carries its key. */
async function send(path, init, mayRepeat) {
  try {
    return await fetch(path, init)
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    if (mayRepeat) {
      const again = await fetch(path, init).catch(() => null)
      if (again) return again
    }
    throw new ApiError({
      title: 'Suture does not answer',
      detail: 'The request did not get through.',
      remedy: 'Check that Suture runs and that you are online, then try again. A press counts once.',
      code: 'offline',
      status: 0,
    })
  }
}

function asProblem(response, answer) {
  const known = answer !== null && typeof answer === 'object' ? answer : {}
  return {
    title: text(known.title, `Suture answered ${response.status}`),
    detail: text(known.detail, `${response.status} ${response.statusText}`.trim()),
    remedy: text(
      known.remedy,
      response.status >= 500 ? 'Try again; if it stays, look at the Health page.' : '',
    ),
    code: text(known.code, 'unknown'),
    status: response.status,
    ...(typeof known.earliest === 'string' ? { earliest: known.earliest } : {}),
  }
}

const text = (value, otherwise) => (typeof value === 'string' && value !== '' ? value : otherwise)

/** Whatever was thrown, as a problem that can be shown. @returns {Problem} */
export const problemOf = (error) =>
  error instanceof ApiError
    ? error.problem
    : {
        title: 'Something in this page failed',
        detail: error instanceof Error ? error.message : String(error),
        remedy: 'Reload the page. Nothing is lost: everything is kept by the server.',
        code: 'page',
        status: 0,
      }
