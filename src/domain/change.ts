/** Something that was changed about a service: what somebody looks for first when it breaks. */

/** What a pipeline or a person may say it was. */
export const sentChangeKinds = ['deploy', 'config', 'flag', 'infrastructure', 'other'] as const
export type SentChangeKind = (typeof sentChangeKinds)[number]

/** Suture's own finished runs change services too. */
export const changeKinds = [...sentChangeKinds, 'run'] as const
export type ChangeKind = (typeof changeKinds)[number]

export const isChangeKind = (text: string): text is ChangeKind => changeKinds.some((kind) => kind === text)

export const changeTitles: Readonly<Record<ChangeKind, string>> = {
  deploy: 'Deploy',
  config: 'Configuration change',
  flag: 'Flag change',
  infrastructure: 'Infrastructure change',
  other: 'Change',
  run: 'Run of Suture',
}

export interface Change {
  readonly id: string
  readonly service: string
  readonly kind: ChangeKind
  readonly title: string
  readonly at: Temporal.Instant
  /** Who made it, as the sender says; null when it does not. */
  readonly by: string | null
  readonly version: string | null
  readonly link: string | null
}
