import { inflateSync } from 'node:zlib'
import { Resvg } from '@resvg/resvg-js'
import { describe, expect, it } from 'vitest'
import { createPictureMaker } from '../../adapters/pictures/index.ts'
import { layoutOf } from '../../src/message/chart/layout.ts'
import { widthOfText } from '../../src/message/chart/measure.ts'
import { aChart, aRow } from './support/charts.ts'

const makerWith = (options: Partial<Parameters<typeof createPictureMaker>[0]> = {}) => {
  const said: string[] = []
  const log = {
    warn: (details: object, message: string) => void said.push(`${message} ${JSON.stringify(details)}`),
  }
  return { said, make: createPictureMaker({ log, ...options }) }
}

/** Size and colours of a PNG of 8 bits with alpha: as many as resvg writes, filters undone. */
const pixelsOf = (png: Uint8Array) => {
  const bytes = Buffer.from(png)
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  const parts: Buffer[] = []
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * 4
  const out = Buffer.alloc(stride * height)
  const paeth = (a: number, b: number, c: number): number => {
    const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
  }
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)] ?? 0
    for (let x = 0; x < stride; x += 1) {
      const left = x >= 4 ? (out[y * stride + x - 4] ?? 0) : 0
      const up = y > 0 ? (out[(y - 1) * stride + x] ?? 0) : 0
      const corner = x >= 4 && y > 0 ? (out[(y - 1) * stride + x - 4] ?? 0) : 0
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0
      out[y * stride + x] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess
    }
  }
  const counts = new Map<string, number>()
  for (let at = 0; at < out.length; at += 4) {
    const colour = out.toString('hex', at, at + 4)
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  return { width, height, counts, total: width * height }
}

describe('a picture of a chart', () => {
  it('C7 is a PNG of twice the size of its drawing, opaque, on a calm ground, with words and bars in their colours', async () => {
    const chart = aChart({
      rows: [aRow({ tone: 'good' }), aRow({ tone: 'neutral' }), aRow({ tone: 'warning', value: 0.1 })],
    })
    const { make, said } = makerWith()
    const picture = await make(chart)
    expect(said).toEqual([])
    if (picture === null) throw new Error('no picture')
    expect(picture).toMatchObject({ name: 'chart.png', title: chart.title, alt: chart.alt })
    const { width, height, counts, total } = pixelsOf(picture.bytes)
    const drawing = layoutOf(chart)
    expect([width, height]).toEqual([drawing.width * 2, drawing.height * 2])
    expect([...counts.keys()].every((colour) => colour.endsWith('ff'))).toBe(true)
    const ground = counts.get('141c1bff') ?? 0
    expect(ground / total).toBeGreaterThan(0.7)
    // One colour each: words, small words, and of every tone its dot and its band.
    for (const colour of ['eef4f2', 'a9bab6', '5fd498', '2f7350', '3fcfbb', '2b6f67', 'f2b95f', '80602e'])
      expect(counts.get(`${colour}ff`) ?? 0, colour).toBeGreaterThan(60)
  })

  it('C7 charts of other figures are other pictures', async () => {
    const { make } = makerWith()
    const [one, other] = [
      await make(aChart()),
      await make(aChart({ rows: [aRow({ value: 0.1, figure: '10 %' })] })),
    ]
    expect(Buffer.from(one?.bytes ?? []).equals(Buffer.from(other?.bytes ?? []))).toBe(false)
  })

  it('C7 the words are never wider than the layout takes them for', () => {
    const font = (name: string) =>
      new URL(import.meta.resolve(`@expo-google-fonts/inter/${name}.ttf`)).pathname
    const options = {
      font: {
        fontFiles: [font('400Regular/Inter_400Regular'), font('700Bold/Inter_700Bold')],
        loadSystemFonts: false,
        defaultFontFamily: 'Inter',
      },
    }
    const samples = [
      'restart-service',
      'payments: Roll back the deploy',
      '38 of 42, 78–96 %',
      '90 % in 1 h 12 min, of 14',
      'WWWWWWMMMMMM@@@@%%%%mmmmwwww',
      'fffrrrttt((([[[]]])))---{{}}',
      'iiiilllljjjjIIII....,,,,::::;;;;',
      '0123456789 1000000',
      'ABCDEFGHIJKLMNOPQRSTUVXYZ',
      'abcdeghknopqsuvxyz_+=<>#$&^~?/\\',
      'Größe über Ærøskøbing Łódź ŒŴĲ',
      'Платежи и Щука',
      'Ωμέγα Ψηφίο',
    ]
    for (const text of samples)
      for (const bold of [false, true]) {
        const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
        const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="100"><text x="10" y="50" font-size="14" font-family="Inter"${bold ? ' font-weight="700"' : ''}>${escaped}</text></svg>`
        const width = new Resvg(svg, options).getBBox()?.width ?? 0
        expect(width, text).toBeGreaterThan(20)
        expect(width, text).toBeLessThanOrEqual(widthOfText(text, 14, bold))
      }
  })

  it('C7 is made beside the event loop: what waits there is not held up', async () => {
    const { make } = makerWith()
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 2)
    await make(aChart())
    clearInterval(timer)
    expect(turns).toBeGreaterThan(5)
  })
})

describe('where no picture can be made', () => {
  it('C7 one that takes too long is ended, and the log says why', async () => {
    let aborted = false
    const { make, said } = makerWith({
      timeoutMs: 20,
      draw: (_svg, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            aborted = true
            reject(new Error('ended'))
          }),
        ),
    })
    expect(await make(aChart())).toBeNull()
    expect(aborted).toBe(true)
    expect(said.join()).toContain('Success by playbook')
  })

  it('C7 a drawing that fails is no fault of the answer, and the next is made', async () => {
    let calls = 0
    const { make, said } = makerWith({
      draw: async () => {
        calls += 1
        if (calls === 1) throw new Error('no such font')
        return new Uint8Array([1])
      },
    })
    expect(await make(aChart())).toBeNull()
    expect(said.join()).toContain('no such font')
    expect((await make(aChart()))?.bytes).toEqual(new Uint8Array([1]))
  })

  it('C7 too many at once are refused, and all others get theirs one after another', async () => {
    let under = 0
    let most = 0
    const { make, said } = makerWith({
      draw: async () => {
        under += 1
        most = Math.max(most, under)
        await Promise.resolve()
        under -= 1
        return new Uint8Array([1])
      },
    })
    const made = await Promise.all(Array.from({ length: 12 }, () => make(aChart())))
    expect(made.filter((each) => each !== null)).toHaveLength(8)
    expect(most).toBe(1)
    expect(said).toHaveLength(4)
    expect(await make(aChart())).not.toBeNull()
  })

  it.each(['決済サービス', 'خدمة الدفع', 'שירות', 'checkout 🔥'])(
    'C7 letters that the font lacks (%s) make it text, not empty boxes',
    async (label) => {
      const { make, said } = makerWith({
        draw: async () => {
          throw new Error('not to be drawn')
        },
      })
      expect(await make(aChart({ rows: [aRow({ label })] }))).toBeNull()
      expect(said.join()).toContain('font lacks')
    },
  )
})
