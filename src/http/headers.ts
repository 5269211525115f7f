/** Headers of every answer. The console needs its own scripts, styles and events, and nothing from elsewhere. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
].join('; ')

export const apiVersion = '1'

const always: readonly (readonly [string, string])[] = [
  ['X-API-Version', apiVersion],
  ['Content-Security-Policy', contentSecurityPolicy],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Frame-Options', 'DENY'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
]

export const dress = (headers: Headers, requestId: string): void => {
  for (const [name, value] of always) headers.set(name, value)
  headers.set('X-Request-Id', requestId)
  if (!headers.has('cache-control')) headers.set('Cache-Control', 'no-store')
}
