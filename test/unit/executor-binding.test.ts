import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bindCommand, describeCommand } from '../../adapters/actions/command/bind-command.ts'
import { createCommandExecutor } from '../../adapters/actions/command/executor.ts'
import { bindHttpCall } from '../../adapters/actions/http/bind-call.ts'
import { bindEffectUrl, bindUrl } from '../../adapters/actions/http/bind-url.ts'
import { createHttpExecutor } from '../../adapters/actions/http/executor.ts'
import { aCommandTarget, anHttpTarget, aRequest, monotonic } from '../support/executor.ts'

const flagUrl = 'http://127.0.0.1:4790/services/checkout/flags/${{ parameters.flag }}'

describe('URLs', () => {
  test.each([
    '../../admin',
    '..',
    '.',
    '',
    '//evil.example/',
    'a/../../b',
    '?x=1',
    '#top',
    '@evil.example',
    'new pricing',
    '%2e%2e',
    '\\\\evil.example',
    'ünïcödé',
    '\u0000',
    'a\r\nHost: evil.example',
    '${{ parameters.flag }}',
    '\ud800',
  ])('R1 the value %j stays inside its own path segment, or is refused', (flag) => {
    const bound = bindUrl(flagUrl, { flag })
    if (!bound.ok) {
      expect(['..', '.', '', '\ud800']).toContain(flag)
      return
    }
    expect(bound.value.origin).toBe('http://127.0.0.1:4790')
    expect(bound.value.pathname).toBe(`/services/checkout/flags/${encodeURIComponent(flag)}`)
    expect(bound.value.search + bound.value.hash).toBe('')
  })

  test('R1 no text whatever changes the origin, the folder or the query of a catalogued URL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (flag) => {
        const bound = bindUrl(flagUrl, { flag })
        if (!bound.ok) return
        expect(bound.value.href.startsWith('http://127.0.0.1:4790/services/checkout/flags/')).toBe(true)
        expect(bound.value.pathname.split('/')).toHaveLength(5)
        expect(decodeURIComponent(bound.value.pathname.split('/')[4]!)).toBe(flag)
      }),
    )
  })

  test.each([
    'http://${{ parameters.flag }}/x',
    'http://127.0.0.1:${{ parameters.flag }}/x',
    '${{ parameters.flag }}://h/x',
  ])('R1 a placeholder in the origin %s is refused whatever it holds', (template) => {
    for (const flag of ['evil.example', '8080', 'http', 'a@b'])
      expect(bindUrl(template, { flag }).ok).toBe(false)
  })

  test.each(['file:///etc/passwd', 'ftp://h/x', 'http://user:pass@h/x', 'javascript:alert(1)', '/relative'])(
    'R1 %s is no URL to call',
    (url) => expect(bindUrl(url, {})).toMatchObject({ ok: false }),
  )

  test('R1 the effect URL carries the key, and one that cannot tell keys apart is not asked', () => {
    const request = aRequest({ target: anHttpTarget({ url: 'http://h/x' }), effectKey: 'run-7.restart' })
    expect(bindEffectUrl('http://h/effects/{key}', request)?.href).toBe('http://h/effects/run-7.restart')
    expect(bindEffectUrl('http://h/effects/last', request)).toBeNull()
  })
})

describe('bodies and arguments', () => {
  test('R1 a whole-value reference keeps the type of its parameter', () => {
    const body = { delta: '${{ parameters.delta }}', on: '${{parameters.on}}', why: 'load', max: 3 }
    const request = aRequest({
      target: anHttpTarget({ url: 'http://h/x', body }),
      parameters: { delta: 1, on: false },
    })
    expect(bindHttpCall(request)).toMatchObject({
      ok: true,
      value: { body: '{"delta":1,"on":false,"why":"load","max":3}' },
    })
  })

  test.each([
    ['a missing parameter', '${{ parameters.other }}', /parameter other/],
    ['an inherited name', '${{ parameters.constructor }}', /parameter constructor/],
    ['text around a reference', 'by ${{ parameters.delta }}', /whole value/],
  ])('R1 %s is refused instead of being sent', (_, value, problem) => {
    const target = anHttpTarget({ url: 'http://h/x', body: { value } })
    const bound = bindHttpCall(aRequest({ target, parameters: { delta: 1 } }))
    expect(bound).toMatchObject({ ok: false, problem: expect.stringMatching(problem) as string })
  })

  test('R1 an action that the target does not have is named with those it has', () => {
    const request = aRequest({ target: anHttpTarget({ url: 'http://h/x' }), action: 'toString' })
    expect(bindHttpCall(request)).toMatchObject({ problem: expect.stringContaining('it has: act') as string })
  })

  test('R1 arguments are passed one by one, and text that looks like an option is refused', () => {
    const target = aCommandTarget(['/bin/scale', '--by', '${{ parameters.by }}', '${{ parameters.name }}'])
    const bind = (parameters: Record<string, string | number>) =>
      bindCommand(aRequest({ target, parameters }), ['/bin/scale'])
    expect(bind({ by: -1, name: 'a; rm -rf /' })).toMatchObject({
      value: { argv: ['/bin/scale', '--by', '-1', 'a; rm -rf /'] },
    })
    expect(bind({ by: 1, name: '--config=/tmp/x' })).toMatchObject({ ok: false })
    expect(bind({ by: 1, name: 'a\0b' })).toMatchObject({ ok: false })
  })

  test.each([
    ['nothing is allowed', '/bin/true', []],
    ['another is allowed', '/bin/true', ['/bin/false']],
    ['it is relative', 'true', ['true']],
    ['it is a path around an allowed one', '/bin/../bin/true', ['/bin/true']],
    ['it is a parameter', '${{ parameters.x }}', ['/bin/true']],
  ])('R1 a command is refused when %s', (_, command, allowed) => {
    const request = aRequest({ target: aCommandTarget([command]), parameters: { x: '/bin/true' } })
    expect(bindCommand(request, allowed)).toMatchObject({ ok: false })
  })
})

describe('the dry run', () => {
  test('R8 an HTTP call is rendered with its values and with the name of its secret', () => {
    const executor = createHttpExecutor({ clock: monotonic, secrets: { read: async () => 'hush' } })
    const target = anHttpTarget({
      url: 'http://127.0.0.1:4790/services/checkout/scale',
      body: { delta: '${{ parameters.delta }}' },
      secret: 'lab-token',
    })
    expect(executor.render(aRequest({ target, parameters: { delta: 1 } }))).toBe(
      'POST http://127.0.0.1:4790/services/checkout/scale {"delta":1} (secret lab-token)',
    )
    expect(executor.render(aRequest({ target }))).toMatch(/^cannot be called: .*parameter delta/)
  })

  test('R8 a command is rendered as it would be started', () => {
    expect(describeCommand({ argv: ['/bin/echo', 'a b', '--x=1', ''], cwd: '/srv' })).toBe(
      '/bin/echo "a b" --x=1 "" (in /srv)',
    )
    const executor = createCommandExecutor({ clock: monotonic, allowedCommands: [] })
    expect(executor.render(aRequest({ target: aCommandTarget(['/bin/true']) }))).toMatch(/allowed: none/)
  })
})
