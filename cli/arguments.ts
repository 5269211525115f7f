import { InvalidArgumentError } from 'commander'

/** Readers of arguments: what is wrong is said before anything is sent. */

/** Of one of these kinds; a bare number is of the first. */
export const idLike =
  (...examples: readonly [string, ...string[]]) =>
  (text: string): string => {
    const kinds = examples.map((example) => example.slice(0, example.indexOf('-')))
    const id = /^\d{1,15}$/.test(text) ? `${kinds[0]}-${text}` : text
    if (new RegExp(`^(?:${kinds.join('|')})-\\d{1,15}$`).test(id)) return id
    throw new InvalidArgumentError(`Expected an id such as ${examples.join(' or ')}.`)
  }

export const keyId = (text: string): string => {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(text)) return text
  throw new InvalidArgumentError('Expected the id of a key, as `suture key list` shows it.')
}

export const personId = (text: string): string => {
  if (/^[A-Za-z][A-Za-z0-9._-]{0,99}$/.test(text)) return text
  throw new InvalidArgumentError('Expected the id of a person, as `suture people list` shows it.')
}

export const accountId = (text: string): string => {
  if (/^[A-Za-z0-9]{1,40}:[A-Za-z0-9]{1,40}$/.test(text)) return text
  throw new InvalidArgumentError('Expected an account such as T1:U1, as `suture people accounts` shows it.')
}

export const oneOf =
  <T extends string>(choices: readonly T[]) =>
  (text: string): T => {
    const found = choices.find((choice) => choice === text)
    if (found === undefined) throw new InvalidArgumentError(`Expected one of ${choices.join(', ')}.`)
    return found
  }

export const someOf =
  <T extends string>(choices: readonly T[]) =>
  (text: string): T[] => [...new Set(text.split(',').map((each) => oneOf(choices)(each.trim())))]

export const wholeBetween =
  (min: number, max: number) =>
  (text: string): number => {
    const number = Number(text)
    if (/^\d{1,6}$/.test(text) && number >= min && number <= max) return number
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  }

export const chatName = oneOf(['slack', 'discord'])
