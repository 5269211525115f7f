import type { CardAction } from '../domain/card.ts'

/** Buttons on what names a freeze, a silence or a broken glass. Whether somebody may is decided when they are pressed. */

/** It lets begin what somebody has closed on purpose: never by a thumb that slipped. */
export const liftAction = (token: string, id: string): CardAction => ({
  token,
  label: `Lift ${id}`,
  style: 'danger',
})

export const endSilenceAction = (token: string, id: string): CardAction => ({
  token,
  label: `End ${id}`,
  style: 'plain',
})

export const reviewAction = (token: string, id: string): CardAction => ({
  token,
  label: `Review ${id}`,
  style: 'primary',
  prompt: reviewPrompt(id),
})

/** What a review asks for before it is sent. */
export const reviewPrompt = (id: string) => ({
  title: `Review ${id}`,
  label: 'What did you look at and find?',
  required: true,
})
