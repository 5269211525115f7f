import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Phrase, type PhraseQuery, World } from '../phrases/shape.ts'

const folder = join(import.meta.dirname, '../phrases')
const text = (name: string) => readFileSync(join(folder, name), 'utf8')
const half = (name: string) => z.array(Phrase).parse(JSON.parse(text(name)))

const development = half('development.json')
const sealed = half('sealed.json')
const both = [...development, ...sealed]
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
  it('Q1 has 200 to develop with and 200 sealed, 40 of each not to be understood, of the same subjects', () => {
    expect([development.length, sealed.length]).toEqual([200, 200])
    expect(count(sealed, subject)).toEqual(count(development, subject))
    expect(count(sealed, subject)['not understood']).toBe(40)
    const way = (phrase: Phrase) => `${phrase.before ? 'follow-up' : 'first'}, ${phrase.thread ?? 'outside'}`
    expect(count(sealed, way)).toEqual(count(development, way))
  })

  it('Q1 asks nothing twice', () => {
    expect(new Set(both.map(({ id }) => id)).size).toBe(400)
    expect(new Set(both.map((phrase) => phrase.text.toLowerCase())).size).toBe(400)
  })

  it('Q1 expects only what is in its world', () => {
    const queries = both.flatMap(({ expect: one, before, accept }) => [one, before, ...(accept ?? [])])
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
    for (const { expect: one, accept = [] } of both) {
      if (one === null) expect(accept).toEqual([])
      const all = [one, ...accept].map((query) => JSON.stringify(query))
      expect(new Set(all).size).toBe(all.length)
    }
  })

  it('Q1 keeps the sealed half as it was sealed', () => {
    expect(text('README.md')).toContain(createHash('sha256').update(text('sealed.json')).digest('hex'))
  })
})
