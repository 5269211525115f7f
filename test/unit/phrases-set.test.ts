import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { developed } from '../phrases/judge.ts'
import { Phrase, type PhraseQuery, World } from '../phrases/shape.ts'

const folder = join(import.meta.dirname, '../phrases')
const text = (name: string) => readFileSync(join(folder, name), 'utf8')
const half = (name: string) => z.array(Phrase).parse(JSON.parse(text(name)))

const sets = [...developed, 'sealed-4.json']
  .filter((name) => existsSync(join(folder, name)))
  .map((name) => ({ name, phrases: half(name) }))
/** Written for working with alone, and smaller. */
const small = new Set([
  'development-3a.json',
  'development-3b.json',
  'development-3c.json',
  'development-3d.json',
])
const [development = [], burnt = []] = sets.map(({ phrases }) => phrases)
const every = sets.flatMap(({ phrases }) => phrases)
const world = World.parse(JSON.parse(text('world.json')))

const count = (phrases: readonly Phrase[], of: (phrase: Phrase) => string) =>
  Object.fromEntries([...Map.groupBy(phrases, of)].map(([key, some]) => [key, some.length]))
const subject = (phrase: Phrase) => phrase.expect?.subject ?? 'not understood'

/** Every name a query holds, whatever field it stands in. */
const namesIn = (query: PhraseQuery, key: 'service' | 'playbook' | 'person'): string[] => {
  const found: string[] = []
  JSON.stringify(query, function (this: { kind?: string }, field: string, value: unknown) {
    const named = field === key || (field === 'name' && this.kind === key)
    if (named && typeof value === 'string') found.push(value)
    return value
  })
  return found
}

describe('the set of phrasings', () => {
  it.each(sets)(
    'Q1 $name has 200 phrases (a small set 160), 40 (30) of them not to be understood, of every subject',
    ({ name, phrases }) => {
      expect(phrases).toHaveLength(small.has(name) ? 160 : 200)
      expect(count(phrases, subject)['not understood']).toBe(small.has(name) ? 30 : 40)
      expect(Object.keys(count(phrases, subject)).toSorted()).toEqual(
        Object.keys(count(development, subject)).toSorted(),
      )
    },
  )

  it('Q1 the two halves of the first set have the same subjects, follow-ups and threads', () => {
    expect(count(burnt, subject)).toEqual(count(development, subject))
    const way = (phrase: Phrase) => `${phrase.before ? 'follow-up' : 'first'}, ${phrase.thread ?? 'outside'}`
    expect(count(burnt, way)).toEqual(count(development, way))
  })

  it('Q1 no set asks anything twice, and no two authors gave the same id', () => {
    expect(new Set(every.map(({ id }) => id)).size).toBe(every.length)
    for (const { name, phrases } of sets) {
      const asked = phrases.map(({ text, thread, before }) =>
        JSON.stringify([text.toLowerCase(), thread, before]),
      )
      expect(new Set(asked).size, name).toBe(phrases.length)
    }
  })

  it('Q1 expects only what is in its world', () => {
    const queries = every.flatMap(({ expect: one, before, accept }) => [one, before, ...(accept ?? [])])
    const known = {
      service: world.services.map(({ name }) => name),
      playbook: world.playbooks.map(({ name }) => name),
      person: world.people.map(({ id }) => id),
    }
    for (const query of queries.filter((one) => one !== null)) {
      expect(known.service).toEqual(expect.arrayContaining(namesIn(query, 'service')))
      expect(known.playbook).toEqual(expect.arrayContaining(namesIn(query, 'playbook')))
      expect(known.person).toEqual(expect.arrayContaining(namesIn(query, 'person')))
    }
    expect(known.person).toContain(world.asker)
    expect(Temporal.ZonedDateTime.from(world.now).timeZoneId).toBe(world.zone)
  })

  it('Q1 names the playbooks that are built in', () => {
    const files = readdirSync(join(folder, '../../playbooks')).filter((name) => name.endsWith('.yaml'))
    expect(world.playbooks.map(({ name }) => `${name}.yaml`).toSorted()).toEqual(files.toSorted())
  })

  it('Q1 accepts nothing beside "not understood", and nothing twice', () => {
    for (const { expect: one, accept = [] } of every) {
      if (one === null) expect(accept).toEqual([])
      const all = [one, ...accept].map((query) => JSON.stringify(query))
      expect(new Set(all).size).toBe(all.length)
    }
  })

  it('Q1 keeps what was sealed as it was sealed, also after it was run', () => {
    const hash = (name: string) => createHash('sha256').update(text(name)).digest('hex')
    expect(text('README.md')).toContain(hash('development-1b.json'))
    expect(text('README.md')).toContain(hash('development-2b.json'))
    const kept = existsSync(join(folder, 'sealed-3.json'))
    expect(kept ? text('sealed-3.sha256') : '').toContain(kept ? hash('sealed-3.json') : '')
  })
})
