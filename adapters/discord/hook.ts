import type { KeyObject } from 'node:crypto'
import type { ChatCommands, HookRequest, HookResponse } from '../../src/app/ports.ts'
import { type AskingInteraction, Interaction } from './payloads.ts'
import type { Plan, Receive } from './receive.ts'
import { verifyRequest } from './verify.ts'

/** Interactions that Discord posts to us, each signed. What is answered here is the first answer; the rest follows later. */

export interface HookOptions {
  readonly publicKey: KeyObject
  readonly commands: ChatCommands
  readonly receive: Receive
  /** Shows what comes after the first answer; it is not waited for. */
  readonly follow: (interaction: AskingInteraction, later: NonNullable<Plan['later']>) => void
  /** Something was heard from Discord itself. */
  readonly heard: () => void
  readonly now: () => number
}

export const createHook =
  (options: HookOptions) =>
  async (request: HookRequest): Promise<HookResponse> => {
    const { commands } = options
    const signature = request.headers.get('x-signature-ed25519')
    const verdict = verifyRequest(
      options.publicKey,
      {
        rawBody: request.rawBody,
        signature,
        timestamp: request.headers.get('x-signature-timestamp'),
      },
      options.now(),
    )
    if (!verdict.ok) {
      await commands.refused({ chat: 'discord', reason: verdict.reason })
      // Discord sends wrong signatures on purpose, and takes the address out of use unless they get this.
      return refused
    }
    const interaction = read(request.rawBody)
    if (interaction === null) {
      await commands.refused({ chat: 'discord', reason: 'malformed' })
      return notUnderstood
    }
    if (interaction.type === 1) {
      options.heard()
      return json({ type: 1 })
    }
    if (!(await commands.firstTime('discord', `signature:${signature?.toLowerCase()}`))) {
      await commands.refused({ chat: 'discord', reason: 'replayed' })
      return refused
    }
    options.heard()
    const plan = await options.receive(interaction)
    if (plan === null) {
      await commands.refused({ chat: 'discord', reason: 'replayed' })
      return acknowledged
    }
    if (plan.later !== null) options.follow(interaction, plan.later)
    return json(plan.first)
  }

const read = (rawBody: Uint8Array): Interaction | null => {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody))
    return Interaction.safeParse(parsed).data ?? null
  } catch {
    return null
  }
}

const plainText = { 'content-type': 'text/plain; charset=utf-8' }
const refused: HookResponse = { status: 401, headers: plainText, body: 'invalid request signature' }
const notUnderstood: HookResponse = { status: 400, headers: plainText, body: 'not an interaction' }
/** Received, and nothing to say to it: the first one of its kind was answered. */
const acknowledged: HookResponse = { status: 202, headers: {}, body: '' }

const json = (body: object): HookResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
