import { alertParsers } from '../../adapters/alerts/index.ts'
import { createConsoleChat } from '../../adapters/console/client.ts'
import { deliverCards } from '../../src/app/deliver-cards.ts'
import { createEventFeed } from '../../src/app/event-feed.ts'
import { createKey } from '../../src/app/identity/keys.ts'
import { scopesOf } from '../../src/app/identity/rights.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import type { ThreadItem } from '../../src/app/read/thread.ts'
import type { Card, CardAction } from '../../src/domain/card.ts'
import type { FormField } from '../../src/domain/form.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { createHttpApp } from '../../src/http/app.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { chatWorld, otherTenant } from '../db/chat-world.ts'
import { testTenant } from '../support/app.ts'
import { alertSecret, createAsk, type SignedIn } from '../support/http.ts'
import {
  type Answer,
  type Button,
  type ChatHarness,
  everybody,
  type Field,
  type Incident,
  people,
  type Seen,
  type Values,
  type Who,
} from './chat-harness.ts'

/**
 * The console by its HTTP API, with a session for each person. What is of another nature here: an answer is the answer to
 * the request, so nobody else can see it; a form comes with its button; nobody can delete a message; instead of commands there
 * are questions in the thread; and whoever is no person of Suture's is not signed in.
 */
export const consoleChat = async (): Promise<ChatHarness> => {
  const world = await chatWorld()
  const { app } = world
  const secret = { kind: 'shared_secret', secret: alertSecret } as const
  const http = createHttpApp({
    app,
    ingest: createIngestWriter(app),
    events: createEventFeed(),
    lab: null,
    parsers: alertParsers,
    senders: { alertmanager: secret, grafana: secret, generic: secret },
    tenantId: testTenant,
    health: async () => ({ status: 'pass', checks: {} }),
    allowedHosts: [],
    consoleDir: null,
    version: '0.0.0-test',
  })
  const ask = createAsk(http)
  const personId = (who: Who) => `person_${who}`

  const signIn = async (who: Who): Promise<SignedIn | null> => {
    if (people[who].length === 0) return null
    const tenantId = who === 'otto' ? otherTenant : testTenant
    const caller = await world.caller(who, people[who], tenantId)
    const made = await createKey(
      app,
      { ...caller, scopes: scopesOf(caller.person) },
      { name: 'mine', scopes: scopesOf(caller.person) },
    )
    if (isRejection(made)) throw new Error(made.detail)
    const began = await ask('POST', '/v1/session', { body: { key: made.key } })
    const [cookie = ''] = (began.headers.get('set-cookie') ?? '').split(';', 1)
    const me = await ask('GET', '/v1/me', { headers: { cookie } })
    return { cookie, csrf: (me.json as { csrfToken: string }).csrfToken }
  }
  const sessions = new Map<Who, SignedIn | null>()
  for (const who of everybody) sessions.set(who, await signIn(who))
  const as = (who: Who) => {
    const session = sessions.get(who)
    return session == null ? {} : { as: session }
  }

  const cards = async ({ id }: Pick<Incident, 'id'>): Promise<(ThreadItem & { kind: 'card' })[]> => {
    const { json } = await ask('GET', `/v1/incidents/${id}/thread`, as('vera'))
    return (json as { items: ThreadItem[] }).items.filter((item) => item.kind === 'card')
  }
  const forms = new Map<string, NonNullable<Answer['form']>>()
  const buttonsOf = (actions: readonly CardAction[], messageId: string): Button[] =>
    actions.map(({ token, label, prompt }) => {
      if (prompt !== undefined)
        forms.set(token, { ...prompt, id: token, kept: '', fields: (prompt.fields ?? []).map(fieldOf) })
      return { id: token, label, messageId }
    })
  const mentioned: Readonly<Record<string, unknown>>[] = []
  const seen = ({ id, card }: { id: string; card: Card }): Seen => {
    mentioned.push(...spansIn(card.blocks).filter((span) => span['kind'] === 'mention'))
    const actions = card.blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : []))
    return { id, text: plainText(card), buttons: buttonsOf(actions, id) }
  }

  const private_ = new Map<Who, string[]>(everybody.map((who) => [who, []]))
  const send = async (
    who: Who,
    path: string,
    body: object,
  ): Promise<{ told: string; next: readonly CardAction[] }> => {
    const { json } = await ask('POST', path, { ...as(who), body })
    const { title, message, remedy, detail, earliest } = json as Readonly<Record<string, string>>
    const told = [title, message, detail, remedy, earliest && `Earliest: ${earliest}`]
      .filter(Boolean)
      .join('\n')
    private_.get(who)?.push(told)
    return { told, next: (json as { next?: readonly CardAction[] }).next ?? [] }
  }
  const click = async (who: Who, token: string, given: string | Values): Promise<Answer> => {
    const filled = typeof given === 'string' ? { note: given } : { note: '', answers: given }
    const { told, next } = await send(who, '/v1/clicks', { token, ...filled })
    return { told, form: null, buttons: buttonsOf(next, ''), openly: false }
  }

  /** What typing `/heal freeze` where one writes does. */
  const formOf = async (who: Who, name: string): Promise<Answer> => {
    const { json } = await ask('GET', `/v1/forms?name=${name}`, as(who))
    const { token, prompt } = json as { token: string; prompt: CardAction['prompt'] | null }
    if (prompt == null) return click(who, token, {})
    const fields = (prompt.fields ?? []).map(fieldOf)
    return { told: '', form: { ...prompt, id: token, kept: '', fields }, buttons: [], openly: false }
  }

  return {
    via: 'console',
    world,
    show: async () => {
      await deliverCards(app, createConsoleChat())
    },
    heads: async (incident) =>
      (await cards(incident)).filter((item) => item.cardKind === 'incident').map(seen),
    thread: async (incident) =>
      (await cards(incident)).filter((item) => item.cardKind !== 'incident').map(seen),
    press: async (who, { id }) => {
      const form = forms.get(id)
      return form === undefined ? click(who, id, '') : { told: '', form, buttons: [], openly: false }
    },
    submit: (who, { id, fields }, given) =>
      click(
        who,
        id,
        typeof given === 'string'
          ? given
          : { ...Object.fromEntries(fields.map(({ name, value }) => [name, value])), ...given },
      ),
    command: async (who, words, about) => {
      if (/^(freeze|mode)$/.test(words)) return formOf(who, words)
      const before = (await cards(about)).length
      await send(who, `/v1/incidents/${about.id}/messages`, { body: `${words}?` })
      const [answer] = (await cards(about)).slice(before)
      if (answer === undefined) throw new Error(`nothing was answered to ${words}`)
      return { told: plainText(answer.card), form: null, buttons: [], openly: true }
    },
    privately: (who) => private_.get(who) ?? [],
    openly: async (incidents) =>
      (await Promise.all(incidents.map(cards))).flat().map((item) => seen(item).text),
    remove: async () => undefined,
    // A name is bold here, and calls nobody: what could go wrong is that text becomes a person.
    wrongs: async () => {
      const people = await world.read((tx) => tx.db.selectFrom('person').select('name').execute())
      return mentioned
        .filter((span) => !people.some(({ name }) => name === span['name']))
        .map((span) => JSON.stringify(span))
    },
    personId,
    nature: {
      cuts: false,
      asksForForms: false,
      help: /What can be asked|you can do/,
      nearest: /What I can answer: .+ or .+/,
    },
    close: async () => {
      http.close()
      await world.close()
    },
  }
}

const fieldOf = ({ name, label, value, kind }: FormField): Field => ({
  name,
  label,
  value,
  options: kind.is === 'choice' ? kind.options.map((option) => option.value) : [],
})

const spansIn = (value: unknown): Readonly<Record<string, unknown>>[] => {
  if (Array.isArray(value)) return value.flatMap(spansIn)
  if (typeof value !== 'object' || value === null) return []
  return [value as Readonly<Record<string, unknown>>, ...Object.values(value).flatMap(spansIn)]
}
