import type { ChatCommands, ChatReply, ChatUser, Press, RefusedRequest, Said } from '../../src/app/ports.ts'
import { type Card, plain } from '../../src/domain/card.ts'

/** What stands behind a chat adapter in its own tests: it remembers what it was asked, and answers as it was told. */
export interface FakeChatCommands extends ChatCommands {
  readonly presses: readonly { readonly user: ChatUser; readonly press: Press }[]
  readonly commanded: readonly { readonly user: ChatUser; readonly words: string }[]
  readonly sayings: readonly { readonly user: ChatUser; readonly said: Said }[]
  readonly homes: readonly ChatUser[]
  readonly refusals: readonly RefusedRequest[]
  /** Resolves as soon as the condition holds; it is asked again after every call. */
  readonly until: (condition: () => boolean) => Promise<void>
}

export const answerCard = (title: string, text = title): Card => ({
  kind: 'answer',
  title,
  status: '',
  tone: 'neutral',
  severity: null,
  blocks: [{ kind: 'text', text: [plain(text)] }],
})

export const replyOf = (title: string, ephemeral = true): ChatReply => ({
  card: answerCard(title),
  ephemeral,
})

export const fakeChatCommands = (answers: Partial<ChatCommands> = {}): FakeChatCommands => {
  const presses: { user: ChatUser; press: Press }[] = []
  const commanded: { user: ChatUser; words: string }[] = []
  const sayings: { user: ChatUser; said: Said }[] = []
  const homes: ChatUser[] = []
  const refusals: RefusedRequest[] = []
  const seen = new Set<string>()
  const waiting = new Set<{ condition: () => boolean; resolve: () => void }>()
  const told = <T>(list: T[], entry: T): void => {
    list.push(entry)
    for (const waiter of waiting)
      if (waiter.condition()) {
        waiting.delete(waiter)
        waiter.resolve()
      }
  }
  return {
    presses,
    commanded,
    sayings,
    homes,
    refusals,
    until: (condition) =>
      condition() ? Promise.resolve() : new Promise((resolve) => waiting.add({ condition, resolve })),
    press: (user, press) => {
      told(presses, { user, press })
      return answers.press?.(user, press) ?? Promise.resolve({ kind: 'done', reply: replyOf('Pressed') })
    },
    command: (user, words) => {
      told(commanded, { user, words })
      return answers.command?.(user, words) ?? Promise.resolve(replyOf(`Asked: ${words}`))
    },
    say: (user, said) => {
      told(sayings, { user, said })
      return answers.say?.(user, said) ?? Promise.resolve(replyOf(`Heard: ${said.text}`, false))
    },
    home: (user) => {
      told(homes, user)
      return answers.home?.(user) ?? Promise.resolve([answerCard('Nothing waits for you')])
    },
    suggest: (user, words) => answers.suggest?.(user, words) ?? Promise.resolve([]),
    promptOf: (user, token) => answers.promptOf?.(user, token) ?? Promise.resolve(null),
    refused: async (what) => {
      told(refusals, what)
      await answers.refused?.(what)
    },
    firstTime: async (chat, key) => {
      if (answers.firstTime !== undefined) return answers.firstTime(chat, key)
      const whole = `${chat} ${key}`
      if (seen.has(whole)) return false
      seen.add(whole)
      return true
    },
  }
}
