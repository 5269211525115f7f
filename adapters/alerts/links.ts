import type { AlertLink } from '../../src/domain/alert.ts'
import { shorten } from './text.ts'

/** Longer than any browser or chat takes; a generator URL holds a whole query, so the limit is wide. */
const maxUrl = 4096
/** More than anybody follows. */
const maxLinks = 20
const maxLabel = 100

// Blanks and control characters are refused before URL, which would silently remove some of them.
const absolute = /^https?:\/\/[^\s\p{Cc}]+$/iu

const isLink = (url: string): boolean => url.length <= maxUrl && absolute.test(url) && URL.canParse(url)

/**
 * Keeps what is an absolute http or https URL, in order, each address once. A link is a courtesy: a bad one is
 * dropped (Grafana's test alert sends `?orgId=1`, others send a bare host) and never costs the alert. At most 20 are kept.
 */
export const toLinks = (candidates: readonly (readonly [label: string, url: unknown])[]): AlertLink[] => {
  const links: AlertLink[] = []
  for (const [label, candidate] of candidates) {
    if (typeof candidate !== 'string' || candidate === '') continue
    const url = candidate.trim()
    if (!isLink(url) || links.some((link) => link.url === url)) continue
    links.push({ label: shorten(label, maxLabel), url })
    if (links.length === maxLinks) break
  }
  return links
}
