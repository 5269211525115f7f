import type {
  Button,
  Mrkdwn,
  RichElement,
  RichGroup,
  RichSection,
  SlackBlock,
} from '../adapters/slack/block-kit.ts'

/** Draws Block Kit about as Slack does, in its light theme: for pictures, so that a card can be looked at without an account. */

export interface Posted {
  readonly at: string
  readonly blocks: readonly SlackBlock[]
}

export const blockKitPage = (messages: readonly Posted[]): string =>
  `<!doctype html><meta charset="utf-8"><style>${style}</style><main>${messages.map(message).join('')}</main>`

const message = ({ at, blocks }: Posted): string =>
  `<article><i class="face">S</i><div class="body"><p class="who"><b>suture</b><span class="app">APP</span><time>${html(at)}</time></p>${blocks
    .map(block)
    .join('')}</div></article>`

const html = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    // Slack draws these as its own pictures, whatever fonts there are.
    .replace(
      /[⚪🔵🟢🟡🔴]/gu,
      (circle) => `<i class="circle" style="background:${circles[circle] ?? ''}"></i>`,
    )

const circles: Readonly<Record<string, string>> = {
  '⚪': '#d8d8d8',
  '🔵': '#4f9bdc',
  '🟢': '#62b552',
  '🟡': '#f2c744',
  '🔴': '#dc3d43',
}

const block = (each: SlackBlock): string => {
  switch (each.type) {
    case 'header':
      return `<h2>${html(each.text.text)}</h2>`
    case 'rich_text':
      return `<div class="rich">${each.elements.map(group).join('')}</div>`
    case 'section':
      return 'fields' in each
        ? `<div class="fields">${each.fields.map((field) => `<div>${mrkdwn(field)}</div>`).join('')}</div>`
        : `<div class="section">${mrkdwn(each.text)}</div>`
    case 'context':
      return `<div class="context">${each.elements.map((element) => `<span>${mrkdwn(element)}</span>`).join('')}</div>`
    case 'actions':
      return `<div class="actions">${each.elements.map(button).join('')}</div>`
    case 'divider':
      return '<hr>'
  }
}

const group = (each: RichGroup): string => {
  switch (each.type) {
    case 'rich_text_section':
      return section(each)
    case 'rich_text_quote':
      return `<blockquote>${each.elements.map(element).join('')}</blockquote>`
    case 'rich_text_preformatted':
      return `<pre>${each.elements.map(element).join('')}</pre>`
    case 'rich_text_list':
      return `<ol>${each.elements.map((item) => `<li>${section(item)}</li>`).join('')}</ol>`
  }
}

const section = ({ elements }: RichSection): string => `<div>${elements.map(element).join('')}</div>`

const element = (each: RichElement): string => {
  switch (each.type) {
    case 'link':
      return `<a>${html(each.text)}</a>`
    case 'date':
      return clock(String(each.timestamp), each.format)
    case 'text': {
      const text = each.style?.code === true ? `<code>${html(each.text)}</code>` : html(each.text)
      return each.style?.bold === true ? `<b>${text}</b>` : text
    }
  }
}

const button = ({ text, style: how }: Button): string =>
  `<button class="${how ?? ''}">${html(text.text)}</button>`

/** The day on which the samples happen. */
const sampleDay = '2026-11-22'

/** Slack writes `today`, and the hour in the reader's own zone; a picture has to settle for one. */
const clock = (timestamp: string, format: string): string => {
  const at = Temporal.Instant.fromEpochMilliseconds(Number(timestamp) * 1_000).toZonedDateTimeISO('UTC')
  const date = at.toPlainDate()
  const time = at.toPlainTime()
  const day = date.equals(sampleDay)
    ? 'today'
    : date.toLocaleString('en-US', { weekday: 'long', month: 'long', day: 'numeric' })
  return `${day} at ${time.toString({ smallestUnit: format.includes('secs') ? 'second' : 'minute' })}`
}

/** Only what Suture's own renderer writes: dates, links, channels, bold and code. The text is escaped already. */
const mrkdwn = ({ text }: Mrkdwn): string =>
  text
    .replace(/<!date\^(\d+)\^([^|]*)\|[^>]*>/g, (_, timestamp: string, format: string) =>
      clock(timestamp, format),
    )
    .replace(/<#(\w+)>/g, '<a>#inc-42-checkout</a>')
    .replace(/<https?:[^|>]*\|([^>]*)>/g, '<a>$1</a>')
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*([^*\n]+)\*/g, '<b>$1</b>')

const style = `
* { box-sizing: border-box; margin: 0 }
body { background: #fff; color: #1d1c1d; font: 15px/1.46668 Lato, 'Liberation Sans', 'DejaVu Sans', sans-serif; width: 680px }
main { padding: 4px 0 }
article { display: flex; gap: 10px; padding: 8px 20px }
.face { flex: none; width: 36px; height: 36px; border-radius: 6px; background: #12343b; color: #fff; font: 700 18px/36px 'Liberation Sans'; text-align: center }
.body { flex: 1; min-width: 0 }
.who { line-height: 1.3 } .who time { color: #616061; font-size: 12px; margin-left: 6px }
.app { background: #eee; border-radius: 2px; color: #616061; font-size: 10px; font-weight: 700; margin-left: 5px; padding: 1px 3px; vertical-align: 1px }
h2 { font-size: 18px; line-height: 1.3; margin: 6px 0 8px }
.rich, .section { margin: 4px 0 8px; white-space: pre-wrap; overflow-wrap: anywhere }
.circle { display: inline-block; width: 14px; height: 14px; border-radius: 50%; vertical-align: -1.5px; margin-right: 2px }
blockquote { border-left: 4px solid #ddd; border-radius: 2px; padding: 0 0 0 12px; margin: 2px 0 }
pre { background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; font: 12px/1.5 'Liberation Mono', monospace; margin: 4px 0; padding: 8px; white-space: pre-wrap }
code { background: #f8f8f8; border: 1px solid #ddd; border-radius: 3px; color: #c01343; font: 12px/1.5 'Liberation Mono', monospace; padding: 2px 3px 1px }
ol { padding-left: 28px; margin: 0 }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; margin: 4px 0 10px; max-width: 600px; white-space: pre-wrap }
.context { color: #616061; font-size: 12px; margin: 4px 0; display: flex; gap: 8px; flex-wrap: wrap }
.actions { display: flex; gap: 8px; margin: 8px 0 }
button { background: #fff; border: 1px solid #bbbabb; border-radius: 4px; color: #1d1c1d; font: 700 13px/1 'Liberation Sans', sans-serif; padding: 9px 12px }
.primary { background: #007a5a; border-color: #007a5a; color: #fff } .danger { background: #e01e5a; border-color: #e01e5a; color: #fff }
a { color: #1264a3 } hr { border: 0; border-top: 1px solid #ddd; margin: 12px 0 }
`
