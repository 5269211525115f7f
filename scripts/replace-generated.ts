/**
 * Puts `body` between the markers `<!-- generated:NAME -->` and `<!-- /generated:NAME -->`, which stay.
 * Throws when a marker is missing, so that a deleted section can't pass for one that is up to date.
 */
export function replaceGenerated(document: string, name: string, body: string): string {
  const open = `<!-- generated:${name} -->`
  const close = `<!-- /generated:${name} -->`
  const start = document.indexOf(open)
  const end = document.indexOf(close)
  if (start === -1 || end < start)
    throw new Error(`expected ${open} … ${close}, in this order; put both back`)
  return `${document.slice(0, start + open.length)}\n\n${body}\n\n${document.slice(end)}`
}
