/** The session cookie: out of reach of scripts, and never sent along by another site's page. */

export const cookieName = 'suture_session'

export const readSessionCookie = (header: string | null): string | null => {
  if (header === null) return null
  for (const part of header.split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0 && part.slice(0, equals).trim() === cookieName) return part.slice(equals + 1).trim()
  }
  return null
}

const attributes = (secure: boolean): string => `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`

export const sessionCookie = (token: string, maxAgeSeconds: number, secure: boolean): string =>
  `${cookieName}=${token}; Max-Age=${maxAgeSeconds}; ${attributes(secure)}`

export const endedCookie = (secure: boolean): string => `${cookieName}=; Max-Age=0; ${attributes(secure)}`
