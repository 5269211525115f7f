import { InvalidArgumentError } from 'commander'

/** Readers of arguments: what is wrong is said before anything is sent. */

export const idLike =
  (example: string) =>
  (text: string): string => {
    const prefix = example.slice(0, example.indexOf('-'))
    const id = /^\d{1,15}$/.test(text) ? `${prefix}-${text}` : text
    if (new RegExp(`^${prefix}-\\d{1,15}$`).test(id)) return id
    throw new InvalidArgumentError(`Expected an id such as ${example}.`)
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
