import { h } from './dom.js'

/** Hands the reader a text as a file. */
export const download = (name, text, type) => {
  const url = URL.createObjectURL(new Blob([text], { type }))
  h('a', { href: url, download: name }).click()
  // It is read right after the click.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
