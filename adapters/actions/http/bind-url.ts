import type { StepCallRequest } from '../../../src/app/ports.ts'
import { type Bound, bound, parameter, refused } from '../binding.ts'

const placeholder = /\$\{\{ *parameters\.([a-zA-Z][a-zA-Z0-9]{0,62}) *\}\}/g

/** Many servers take no longer request line (nginx and Apache: 8 KB), and break the connection instead of answering. */
const LONGEST_URL = 8_000

/**
 * Fills `${{ parameters.x }}` in a catalogued URL, URL-encoded, so that a value stays inside its own path segment or
 * query value: whatever it holds, the origin and the shape of the path stay the catalogue's.
 */
export function bindUrl(template: string, parameters: StepCallRequest['parameters']): Bound<URL> {
  const values = new Map<string, string>()
  for (const [, name = ''] of template.matchAll(placeholder)) {
    const value = parameter(parameters, name)
    if (!value.ok) return value
    const text = String(value.value)
    if (text === '' || !text.isWellFormed())
      return refused(
        `parameter ${name} is ${text === '' ? 'empty' : 'no valid text'} and can't stand in a URL`,
      )
    values.set(name, encodeURIComponent(text))
  }
  const shape = parse(template.replace(placeholder, '0'))
  const url = parse(template.replace(placeholder, (_, name: string) => values.get(name) ?? ''))
  if (shape === null || url === null)
    return refused(`${template} is no http or https URL without user and password`)
  // A value `..` survives encoding and would climb the path; a placeholder in the host would choose the host.
  if (url.origin !== shape.origin || segments(url) !== segments(shape) || url.hash !== shape.hash)
    return refused(
      `the parameters would lead outside ${shape.origin}${shape.pathname}; found ${quoted(parameters)}`,
    )
  if (url.href.length > LONGEST_URL)
    return refused(
      `the URL would have ${url.href.length} characters, at most ${LONGEST_URL} are sent; shorten ${[...values.keys()].join(' or ') || 'it in the catalogue'}`,
    )
  return bound(url)
}

/** The effect URL of a key, or null when the template can't tell one key from another. */
export function bindEffectUrl(template: string, request: StepCallRequest): URL | null {
  if (!template.includes('{key}')) return null
  const bare = bindUrl(
    template.replaceAll('{key}', encodeURIComponent(request.effectKey)),
    request.parameters,
  )
  return bare.ok ? bare.value : null
}

function parse(text: string): URL | null {
  const url = text.includes('${{') ? null : URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null
  return url.username === '' && url.password === '' ? url : null
}

/** Which segments there are, and which of them are empty. */
const segments = (url: URL): string => url.pathname.replace(/[^/]+/g, 'x')

const quoted = (parameters: StepCallRequest['parameters']): string => JSON.stringify(parameters).slice(0, 200)
