import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseStrictJson, StrictJsonError, type StrictJsonLimits } from '../../src/http/strict-json.ts'
import { cpuMsOf } from '../support/cpu-time.ts'

const megabytes = 1_000_000
const limits: StrictJsonLimits = { maxBytes: 20 * megabytes, maxDepth: 32 }

const parse = (text: string, over: Partial<StrictJsonLimits> = {}): unknown =>
  parseStrictJson(new TextEncoder().encode(text), { ...limits, ...over })

const errorOf = (body: string | Uint8Array, over: Partial<StrictJsonLimits> = {}): StrictJsonError => {
  try {
    parseStrictJson(typeof body === 'string' ? new TextEncoder().encode(body) : body, { ...limits, ...over })
  } catch (error) {
    if (error instanceof StrictJsonError) return error
    throw error
  }
  throw new Error('expected a refusal, found a value')
}

describe('good input', () => {
  test('I5 any JSON value is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        fc.pre(!/\\u0000|__proto__|constructor|prototype/.test(text))
        expect(parse(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  test('I5 braces, colons, quotes and escapes inside text are text', () => {
    const text = String.raw`{"a\"b:{[":"}]:,\\","c":"\\\"{\u003a","d":["\\"],"e":"\\u0000"}`
    expect(parse(text)).toEqual(JSON.parse(text))
  })

  test('I5 a byte order mark is skipped', () => {
    expect(parse('\ufeff{"a":1}')).toEqual({ a: 1 })
  })

  test('I5 the same name in different objects is no duplicate', () => {
    expect(parse('{"a":{"a":[{"a":1},{"a":2}]},"b":{"a":3}}')).toEqual({
      a: { a: [{ a: 1 }, { a: 2 }] },
      b: { a: 3 },
    })
  })
})

const refusals: readonly [what: string, text: string, code: string, field: string | null, said: RegExp][] = [
  ['nothing', '', 'malformed', null, /empty body/],
  ['blanks', ' \n', 'malformed', null, /empty body/],
  ['half an object', '{"a":1', 'malformed', null, /at character 6/],
  ['two values', '{}{}', 'malformed', null, /at character 2/],
  ['a comment', '// hello\n{}', 'malformed', null, /expected JSON/],
  ['NaN', '{"a":NaN}', 'malformed', null, /expected JSON/],
  ['a raw U+0000', '{"a":"\0"}', 'malformed', null, /expected JSON/],
  ['an open text', '"abc', 'malformed', null, /expected JSON/],
  ['a backslash at the end', '"abc\\', 'malformed', null, /expected JSON/],
  ['a duplicate name', '{"a":1,"a":1}', 'duplicate_name', 'a', /^a: .*twice.*once/],
  [
    'a duplicate name inside',
    '{"alerts":[{},{"labels":{"x":1,"y":[{},"x"],"x":2}}]}',
    'duplicate_name',
    'alerts[1].labels.x',
    /twice/,
  ],
  ['a duplicate name that is escaped', String.raw`{"ab":1,"\u0061b":2}`, 'duplicate_name', 'ab', /twice/],
  ['a duplicate empty name', '{"x":{"":1,"":2}}', 'duplicate_name', 'x[""]', /twice/],
  ['__proto__', '{"a":{"__proto__":{"x":1}}}', 'forbidden_name', 'a.__proto__', /not allowed; rename/],
  ['__proto__, escaped', String.raw`{"__\u0070roto__":1}`, 'forbidden_name', '__proto__', /not allowed/],
  ['constructor', '[{"constructor":1}]', 'forbidden_name', '[0].constructor', /not allowed/],
  ['prototype', '{"prototype":1}', 'forbidden_name', 'prototype', /not allowed/],
  ['a number too large', '{"a":[1,1e999]}', 'number_out_of_range', 'a[1]', /1.8e308/],
  ['a long number too large', `{"a":-${'9'.repeat(400)}}`, 'number_out_of_range', 'a', /1.8e308/],
  ['U+0000', String.raw`{"a":{"b":"x\u0000y"}}`, 'unstorable_text', 'a.b', /U\+0000/],
  ['U+0000 in a name', String.raw`{"a\u0000":1}`, 'unstorable_text', String.raw`["a\u0000"]`, /U\+0000/],
  ['half a surrogate pair', String.raw`["\uD83d"]`, 'unstorable_text', '[0]', /surrogate/],
]

describe('bad input', () => {
  test.each(refusals)('I5 %s is refused, and where it is is said', (_, text, code, field, said) => {
    expect(errorOf(text)).toMatchObject({ code, field, message: expect.stringMatching(said) as unknown })
  })

  test('I5 bytes that are not UTF-8 are refused', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x7b, 0x00],
    ]) {
      expect(['invalid_utf8', 'malformed']).toContain(errorOf(Uint8Array.from(bytes)).code)
    }
    expect(errorOf(Uint8Array.from([0x22, 0xff, 0x22])).code).toBe('invalid_utf8')
  })

  test('I5 a body over the limit is refused with both sizes, before it is read', () => {
    expect(errorOf('not even JSON', { maxBytes: 12 })).toMatchObject({
      code: 'too_large',
      message: 'expected at most 12 bytes, found 13; send smaller bodies',
    })
    expect(parse('[1,2,3,4,56]', { maxBytes: 12 })).toHaveLength(5)
  })

  test('I5 the depth is allowed up to its limit, 32 by default', () => {
    const nested = (depth: number) => '[{"a":'.repeat(depth / 2) + '1' + '}]'.repeat(depth / 2)
    expect(() => parseStrictJson(new TextEncoder().encode(nested(32)), { maxBytes: 1000 })).not.toThrow()
    expect(errorOf(nested(34))).toMatchObject({
      code: 'too_deep',
      message: expect.stringMatching(/at most 32 levels/) as unknown,
    })
    expect(errorOf('[[1]]', { maxDepth: 1 })).toMatchObject({ code: 'too_deep', offset: 1 })
  })

  test('I5 the depth counts what is inside each other, not what is beside', () => {
    expect(parse(`[${'[],{},'.repeat(500)}1]`, { maxDepth: 2 })).toHaveLength(1001)
  })

  test('I5 text that cannot be stored passes on request, for a parser that keeps one alert aside', () => {
    expect(parse(String.raw`["\u0000", "\ud800"]`, { unstorableText: 'pass' })).toEqual(['\0', '\ud800'])
    expect(errorOf(String.raw`{"a":"\u0000","a":1}`, { unstorableText: 'pass' }).code).toBe('duplicate_name')
  })

  test('I5 reserved names pass where that is asked for, as own properties that reach no prototype', () => {
    const text = '{"__proto__":{"polluted":1},"a":{"constructor":"x","prototype":["y"]}}'
    const value = parse(text, { reservedNames: 'pass' }) as Record<string, unknown>
    expect(Object.keys(value)).toEqual(['__proto__', 'a'])
    expect(value['polluted']).toBeUndefined()
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(JSON.stringify(value)).toBe(text)
    for (const name of ['__proto__', 'constructor', 'prototype'])
      expect(errorOf(`{"${name}":1,"${name}":1}`, { reservedNames: 'pass' }).code).toBe('duplicate_name')
  })

  test('I5 no message quotes the body, which may hold a secret', () => {
    for (const text of ['{"password":"hunter2",}', 'hunter2', '{"hunter2":tru}', '["hunter2" 1]']) {
      expect(errorOf(text).message).not.toContain('hunter2')
    }
  })

  test('I5 any bytes are read or refused, and never anything else', () => {
    const alphabet = fc.constantFrom(...'{}[]:,"\\u0d8e1-. \n\0é'.split(''))
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 60 }), (parts) => {
        const outcome = (): unknown => {
          try {
            return parse(parts.join(''))
          } catch (error) {
            return error instanceof StrictJsonError ? null : error
          }
        }
        expect(outcome()).not.toBeInstanceOf(Error)
      }),
      { numRuns: 2000 },
    )
  })

  test('I5 a name written twice, anywhere in any value, is found', () => {
    const text = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('1', '"a"', 'null', '"}:\\""'),
        fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
        fc
          .array(fc.tuple(fc.constantFrom('a', 'b', '\\u0061', 'c\\"'), tie('value')), {
            maxLength: 3,
          })
          .map((pairs) => `{${pairs.map(([name, value]) => `"${name}":${value}`).join(',')}}`),
      ),
    })).value
    // The same judgement made the slow way: every object's names, taken apart by a reviver-free reader.
    const namesIn = (value: unknown): number =>
      typeof value !== 'object' || value === null
        ? 0
        : Object.values(value).reduce<number>(
            (sum, item) => sum + namesIn(item),
            Array.isArray(value) ? 0 : Object.keys(value).length,
          )
    fc.assert(
      fc.property(text, (json) => {
        const written = [...json.matchAll(/"(?:[^"\\]|\\.)*":/g)].length
        const duplicate = written !== namesIn(JSON.parse(json))
        expect(duplicate ? errorOf(json).code : parse(json)).toEqual(
          duplicate ? 'duplicate_name' : JSON.parse(json),
        )
      }),
      { numRuns: 1000 },
    )
  })
})

describe('bombs', () => {
  const size = 10 * megabytes
  const bombs: readonly [what: string, make: () => string, code: string][] = [
    ['100,000 open lists', () => '['.repeat(100_000), 'too_deep'],
    ['10 MB of open objects', () => '{"a":'.repeat(size / 5), 'too_deep'],
    ['10 MB of one name', () => `{${'"a":1,'.repeat(size / 6)}"a":1}`, 'duplicate_name'],
    [
      '10 MB of escapes with a duplicate',
      () => `{"a":"${'\\n'.repeat(size / 2)}","b":1,"b":2}`,
      'duplicate_name',
    ],
    ['10 MB of open text', () => `"${'x'.repeat(size)}`, 'malformed'],
    ['10 MB of digits', () => '9'.repeat(size), 'number_out_of_range'],
    ['10 MB of commas', () => `[${','.repeat(size)}]`, 'malformed'],
  ]
  test.each(bombs)('I5 %s are refused in less than 5 s of processor time', async (_, make, code) => {
    const text = make()
    const spent = await cpuMsOf(() => expect(errorOf(text).code).toBe(code))
    expect(spent).toBeLessThan(5_000)
  })

  test('I5 refusing bombs again and again does not grow memory', () => {
    const body = new TextEncoder().encode(`{${'"a":1,'.repeat(50_000)}"a":1}`)
    const round = (): number => {
      for (let n = 0; n < 40; n++) errorOf(body)
      return process.memoryUsage().rss
    }
    round()
    const before = round()
    for (let n = 0; n < 4; n++) round()
    expect(round() - before).toBeLessThan(64 * 1024 * 1024)
  })
})
