import { HttpProblem } from './problem.ts'

/**
 * DNS rebinding: a page of another name, made to resolve to this machine, is same-origin in the browser's eyes. Only its
 * Host header tells. So this server answers only to names it knows, on loopback too.
 */
export interface HostCheck {
  readonly isOurHost: (host: string | null) => boolean
  /** True for no Origin at all, which is what programs send, and for pages of this server. */
  readonly isOurOrigin: (origin: string | null, host: string | null) => boolean
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']
const port = /:\d{1,5}$/

export const createHostCheck = (allowedHosts: readonly string[]): HostCheck => {
  const allowed = new Set([...loopbackNames, ...allowedHosts].map((host) => host.toLowerCase()))
  const isOurHost = (host: string | null): boolean => {
    if (host === null) return false
    const name = host.toLowerCase()
    return allowed.has(name) || allowed.has(name.replace(port, ''))
  }
  const isOurOrigin = (origin: string | null, host: string | null): boolean => {
    if (origin === null) return true
    const found = /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase()
    // Another port of the same machine is somebody else's page. Behind a proxy the Host may be an inner name.
    return (
      found !== undefined &&
      (found === host?.toLowerCase() || allowedHosts.some((each) => each.toLowerCase() === found))
    )
  }
  return { isOurHost, isOurOrigin }
}

export const foreignHost = (host: string | null): HttpProblem =>
  new HttpProblem({
    status: 421,
    title: 'Not this server',
    code: 'forbidden',
    detail: `Host: expected a name this server answers to, found ${host === null ? 'none' : JSON.stringify(host.slice(0, 100))}.`,
    remedy: 'Use http://127.0.0.1 or localhost, or set SUTURE_PUBLIC_URL to the address with this name.',
    field: 'Host',
  })

export const foreignOrigin = (origin: string | null): HttpProblem =>
  new HttpProblem({
    status: 403,
    title: 'Not from another page',
    code: 'forbidden',
    detail: `Origin: expected a page of this server, found ${origin === null ? 'a cross-site request' : JSON.stringify(origin.slice(0, 100))}.`,
    remedy: 'Use the console of this server, or a program that sends an API key and no Origin.',
    field: 'Origin',
  })
