/** Replaces a secret's value, in every form in which a server may echo it, by its name. */
export type Redact = (text: string) => string

export function redactor(name: string | undefined, value: string | null): Redact {
  if (name === undefined || value === null || value === '') return (text) => text
  const inJson = JSON.stringify(value).slice(1, -1)
  const base64 = Buffer.from(value).toString('base64')
  // Without padding, so that URL-safe and padded forms are both found; the longest first, so that none is cut open.
  const forms = [
    value,
    inJson,
    inJson.replaceAll('/', '\\/'),
    encodeURIComponent(value),
    base64.replace(/=+$/, ''),
  ]
  const distinct = [...new Set(forms)].sort((a, b) => b.length - a.length)
  return (text) => distinct.reduce((rest, form) => rest.replaceAll(form, `[secret ${name}]`), text)
}
