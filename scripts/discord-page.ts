/** Draws components about as Discord does, in its dark theme: for pictures, so that a card can be looked at without an account. */

export interface Shown {
  readonly at: string
  readonly components: readonly object[]
}

interface Component {
  readonly type: number
  readonly content?: string
  readonly components?: readonly Component[]
  readonly accent_color?: number
  readonly label?: string
  readonly style?: number
}

export const discordPage = (messages: readonly Shown[], zone = 'UTC'): string =>
  `<!doctype html><meta charset="utf-8"><style>${style}</style><main>${messages
    .map(
      ({ at, components }) =>
        `<article><i class="face">S</i><div class="body"><p class="who"><b>suture</b><span class="app">APP</span><time>${html(at)}</time></p>${drawn(components, zone)}</div></article>`,
    )
    .join('')}</main>`

const drawn = (components: readonly object[], zone: string): string =>
  components.map((each) => component(each as Component, zone)).join('')

const component = (each: Component, zone: string): string => {
  const inner = drawn(each.components ?? [], zone)
  switch (each.type) {
    case 17:
      return `<section class="container" style="border-left-color:#${(each.accent_color ?? 0).toString(16).padStart(6, '0')}">${inner}</section>`
    case 10:
      return `<div class="text">${markdown(each.content ?? '', zone)}</div>`
    case 1:
      return `<div class="row">${inner}</div>`
    case 2:
      return `<span class="button style${each.style ?? 2}">${html(each.label ?? '')}${each.style === 5 ? ' <i class="out">↗</i>' : ''}</span>`
    case 14:
      return '<hr>'
  }
  return ''
}

const html = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/([⚪🔵🟡🟠🔴🛑✅❌⏳➖❓▫↩⚠])\ufe0f?/gu, (_, sign: string) => {
      const [colour = '', glyph = '', shape = ''] = signs[sign] ?? []
      return `<i class="sign ${shape}" style="--c:${colour}">${glyph}</i>`
    })

/** Discord draws these as its own pictures, whatever fonts there are. */
const signs: Readonly<Record<string, readonly [string, string, string]>> = {
  '⚪': ['#e6e7e8', '', 'round'],
  '🔵': ['#55acee', '', 'round'],
  '🟡': ['#fdcb58', '', 'round'],
  '🟠': ['#f4900c', '', 'round'],
  '🔴': ['#dd2e44', '', 'round'],
  '🛑': ['#dd2e44', '!', 'square'],
  '✅': ['#77b255', '✓', 'square'],
  '❌': ['#dd2e44', '✗', 'bare'],
  '⏳': ['#ffac33', '◔', 'bare'],
  '➖': ['#aab8c2', '–', 'bare'],
  '❓': ['#dd2e44', '?', 'bare'],
  '▫': ['#e6e7e8', '▫', 'bare'],
  '↩': ['#3b88c3', '↩', 'square'],
  '⚠': ['#ffcc4d', '⚠', 'bare'],
}

/** As much of Discord's markdown as the renderer writes. */
const markdown = (text: string, zone: string): string =>
  text
    .split(/(```\n[^]*?\n```)/)
    .filter((part) => part.trim() !== '')
    .map((part) =>
      part.startsWith('```')
        ? `<pre>${html(part.slice(4, -4))}</pre>`
        : part
            .replace(/^\n|\n$/g, '')
            .split('\n')
            .map((line) => lineOf(line, zone))
            .join(''),
    )
    .join('')

const lineOf = (line: string, zone: string): string => {
  const [, sign = '', rest = ''] = /^(### |## |-# |\d+\. )?(.*)$/s.exec(line) ?? []
  const inner = inline(rest, zone)
  if (sign === '## ') return `<h2>${inner}</h2>`
  if (sign === '### ') return `<h3>${inner}</h3>`
  if (sign === '-# ') return `<p class="small">${inner}</p>`
  return sign === '' ? `<p>${inner || '&nbsp;'}</p>` : `<p class="item"><b>${sign}</b>${inner}</p>`
}

const inlineRule =
  /\\([^0-9A-Za-z\s])|`([^`]+)`|\*\*((?:\\.|[^\\])+?)\*\*|\[((?:\\.|[^\\\]])+)\]\(([^)]+)\)|<t:(\d+):([tTR])>|<#(\d+)>/gs

const inline = (text: string, zone: string): string => {
  let at = 0
  let drawnText = ''
  for (const match of text.matchAll(inlineRule)) {
    const [whole, escaped, code, bold, label, , unix, form, channel] = match
    drawnText += html(text.slice(at, match.index))
    at = match.index + whole.length
    if (escaped !== undefined) drawnText += html(escaped)
    else if (code !== undefined) drawnText += `<code>${html(code)}</code>`
    else if (bold !== undefined) drawnText += `<b>${inline(bold, zone)}</b>`
    else if (label !== undefined) drawnText += `<a>${inline(label, zone)}</a>`
    else if (channel !== undefined) drawnText += '<span class="mention"># inc-42-checkout</span>'
    else drawnText += `<span class="time">${html(clock(Number(unix), form ?? 't', zone))}</span>`
  }
  return drawnText + html(text.slice(at))
}

/** The night of the sample cards. */
const nowUnix = Temporal.Instant.from('2026-11-22T03:09:30Z').epochMilliseconds / 1_000

const clock = (unix: number, form: string, zone: string): string => {
  if (form === 'R') {
    const minutes = Math.round((unix - nowUnix) / 60)
    return minutes < 0 ? `${-minutes} minutes ago` : `in ${minutes} minutes`
  }
  const at = Temporal.Instant.fromEpochMilliseconds(unix * 1_000).toZonedDateTimeISO(zone)
  return at.toPlainTime().toString({ smallestUnit: form === 'T' ? 'second' : 'minute' })
}

const style = `
*{box-sizing:border-box;margin:0}
body{background:#313338;color:#dbdee1;font:16px/1.375 "Noto Sans","DejaVu Sans",sans-serif}
main{padding:16px 16px 20px;width:680px;background:#313338;will-change:transform}
article{display:flex;gap:16px;margin-top:14px}article:first-child{margin-top:0}
.face{flex:none;width:40px;height:40px;border-radius:50%;background:#2f9e5f;color:#fff;font-style:normal;font-weight:700;display:grid;place-items:center}
.body{min-width:0;flex:1}.who{display:flex;align-items:center;gap:6px;margin-bottom:4px}.who b{color:#f2f3f5;font-weight:600}
.app{background:#5865f2;color:#fff;font-size:10px;font-weight:600;padding:1px 5px;border-radius:3px}
time{color:#949ba4;font-size:12px}
.container{background:#2b2d31;border:1px solid #3f4147;border-left:4px solid;border-radius:8px;padding:16px;display:flex;flex-direction:column;gap:10px;max-width:600px}
h2{font-size:20px;color:#f2f3f5;line-height:1.3}h3{font-size:17px;color:#f2f3f5;line-height:1.3}b{font-weight:650;color:#f2f3f5}
.small{font-size:13px;color:#949ba4}.small b{color:#b5bac1}
.item{padding-left:22px;text-indent:-22px}.item b:first-child{font-weight:400;display:inline-block;width:22px;text-indent:0}
code,pre{font:14px/1.3 "DejaVu Sans Mono",monospace;background:#1e1f22;border-radius:4px}
code{padding:1px 4px}pre{padding:8px;border:1px solid #1e1f22;white-space:pre-wrap;margin-top:4px;font-size:13px}
a{color:#00a8fc}.time{background:#3c3e44;border-radius:3px;padding:0 2px}.mention{background:#3c4270;color:#c9cdfb;border-radius:3px;padding:0 3px}
.row{display:flex;flex-wrap:wrap;gap:8px}.button{font-size:14px;font-weight:500;color:#fff;border-radius:8px;padding:6px 14px;background:#4e5058}
.style1{background:#5865f2}.style3{background:#248046}.style4{background:#da373c}.out{font-style:normal;opacity:.7}

.sign{font-style:normal;font-weight:700;display:inline-grid;place-items:center;width:18px;height:18px;line-height:18px;vertical-align:-3px;overflow:hidden;color:var(--c);text-indent:0}
.round{background:var(--c);border-radius:50%;width:15px;height:15px;vertical-align:-2px}.square{background:var(--c);color:#fff;border-radius:4px;font-size:13px}
hr{border:0;border-top:1px solid #3f4147}
`
