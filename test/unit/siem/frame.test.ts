import { describe, expect, it } from 'vitest'
import { frameOf, messageOf } from '../../../adapters/siem/frame.ts'

const bom = [0xef, 0xbb, 0xbf]
const ascii = (text: string): number[] => [...Buffer.from(text, 'ascii')]
const bytes = (...parts: readonly (readonly number[])[]): Buffer => Buffer.from(parts.flat())

const aMessage = {
  severity: 4,
  at: '2026-11-23T04:00:00.123Z',
  host: 'suture.test',
  messageId: 'refused',
  parameters: { id: 'x1', index: '0' },
  text: '{}',
}

describe('syslog', () => {
  it('A3 a message is RFC 5424 and its frame counts bytes, to the byte', () => {
    const head =
      '<108>1 2026-11-23T04:00:00.123Z suture.test suture - refused [suture@32473 id="x1" index="0"] '
    const message = messageOf({ ...aMessage, text: '{"a":"ä"}' })
    expect(message).toEqual(bytes(ascii(head), bom, ascii('{"a":"'), [0xc3, 0xa4], ascii('"}')))
    // 94 + 3 + 10: the umlaut and the mark count by bytes, not by characters.
    expect(frameOf(message)).toEqual(bytes(ascii('107 '), [...message]))
    expect(head).toHaveLength(94)
  })

  it('A3 quotes, backslashes and brackets are escaped in parameters; nothing else is', () => {
    const message = messageOf({ ...aMessage, parameters: { subject: 'a"b\\c]d[e=f ä' } }).toString()
    expect(message).toContain('[suture@32473 subject="a\\"b\\\\c\\]d[e=f ä"] ')
  })

  it('A3 control characters and line ends break no frame and no header', () => {
    const message = messageOf({
      ...aMessage,
      host: 'bad host\n<13>1',
      messageId: 'x'.repeat(40),
      parameters: { subject: 'a\r\nb\u0000c\u0085d\u{d800}' },
      text: 'a\nb\u0000c\u{d800}',
    })
    expect(message.toString()).toBe(
      `<108>1 2026-11-23T04:00:00.123Z bad?host?<13>1 suture - ${'x'.repeat(32)} [suture@32473 subject="a\uFFFD\uFFFDb\uFFFDc\uFFFDd\uFFFD"] \uFEFFa\nb\u0000c\uFFFD`,
    )
    expect(messageOf({ ...aMessage, host: '', messageId: '' }).toString()).toContain('Z - suture - - [')
  })

  it('A3 an entry of 64 KB is one frame, whole', () => {
    const text = 'ä'.repeat(32_700)
    const frame = frameOf(messageOf({ ...aMessage, text }))
    const space = frame.indexOf(0x20)
    const length = Number(frame.subarray(0, space).toString())
    expect(frame).toHaveLength(space + 1 + length)
    expect(length).toBeGreaterThan(65_400)
    expect(frame.subarray(-Buffer.byteLength(text)).toString()).toBe(text)
  })
})
