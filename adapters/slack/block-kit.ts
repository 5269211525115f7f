/** The part of Slack's Block Kit that cards are made of (docs.slack.dev/reference/block-kit). */

export interface PlainText {
  readonly type: 'plain_text'
  readonly text: string
  readonly emoji: true
}

export interface Mrkdwn {
  readonly type: 'mrkdwn'
  readonly text: string
  /** Slack must not make links or pings out of words by itself. */
  readonly verbatim: true
}

interface Style {
  readonly bold?: true
  readonly code?: true
}

export type RichElement =
  | { readonly type: 'text'; readonly text: string; readonly style?: Style }
  | { readonly type: 'link'; readonly url: string; readonly text: string }
  | { readonly type: 'date'; readonly timestamp: number; readonly format: string; readonly fallback: string }

export interface RichSection {
  readonly type: 'rich_text_section'
  readonly elements: readonly RichElement[]
}

export type RichGroup =
  | RichSection
  | { readonly type: 'rich_text_quote'; readonly elements: readonly RichElement[] }
  | { readonly type: 'rich_text_preformatted'; readonly elements: readonly RichElement[] }
  | { readonly type: 'rich_text_list'; readonly style: 'ordered'; readonly elements: readonly RichSection[] }

export interface Button {
  readonly type: 'button'
  readonly action_id: string
  readonly text: PlainText
  readonly style?: 'primary' | 'danger'
  readonly confirm?: {
    readonly title: PlainText
    readonly text: PlainText
    readonly confirm: PlainText
    readonly deny: PlainText
    readonly style: 'danger'
  }
}

export type SlackBlock =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'rich_text'; readonly elements: readonly RichGroup[] }
  | { readonly type: 'section'; readonly fields: readonly Mrkdwn[] }
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] }
  | { readonly type: 'actions'; readonly elements: readonly Button[] }
  | { readonly type: 'divider' }

export const plainText = (text: string): PlainText => ({ type: 'plain_text', text, emoji: true })
export const mrkdwnText = (text: string): Mrkdwn => ({ type: 'mrkdwn', text, verbatim: true })
export const bolded = (text: string): RichElement => ({ type: 'text', text, style: { bold: true } })
