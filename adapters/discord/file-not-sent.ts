import { type Card, plain } from '../../src/domain/card.ts'

/** In place of a file, for whoever asked for it. */
export const fileNotSent: Card = {
  kind: 'notice',
  title: 'The file did not arrive',
  status: '',
  tone: 'warning',
  severity: null,
  blocks: [
    {
      kind: 'text',
      text: [
        plain(
          'Discord did not take it. The right to attach files may be missing there: see docs/discord.md.',
        ),
      ],
    },
  ],
}
