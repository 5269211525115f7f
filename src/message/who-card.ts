import type { Card } from '../domain/card.ts'
import { code } from '../domain/card.ts'
import { chatCard } from './chat-cards.ts'
import { text } from './words.ts'

/** For accounts that may not do anything: who they are to Suture, and how that is changed. */

const howToLink = text(
  'Known to Suture elsewhere? There, type ',
  code('/heal link'),
  ' (or in a terminal ',
  code('suture link'),
  '), then here ',
  code('/heal link CODE'),
  '. Otherwise ask an admin to put you into a group that has a role.',
)

const sentences = {
  unknown: 'This account belongs to nobody that Suture knows, so it may not do anything here.',
  unlinked: 'This account was taken off its person, so it may not do anything until it is linked again.',
  no_role: 'You are in no group any more that gives a role, so you may not do anything here.',
} as const

export const strangerCard = (why: keyof typeof sentences): Card => ({
  ...chatCard({
    title: 'Who are you?',
    status: 'Not linked',
    tone: 'warning',
    lines: [text(sentences[why]), howToLink],
  }),
  kind: 'notice',
})

export const disabledCard: Card = {
  ...chatCard({
    title: 'Not allowed',
    status: 'Disabled',
    tone: 'warning',
    lines: [text('You were disabled, so you may not do anything here. An admin can change that.')],
  }),
  kind: 'notice',
}

export const unknownWorkspaceCard: Card = {
  ...chatCard({
    title: 'Not served here',
    status: 'Refused',
    tone: 'warning',
    lines: [text('This workspace is not one that Suture serves; its operator can say which ones are.')],
  }),
  kind: 'notice',
}
