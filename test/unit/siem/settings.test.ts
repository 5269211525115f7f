import { describe, expect, it } from 'vitest'
import { readSettings } from '../../../src/config.ts'

describe('SUTURE_SIEM_URL', () => {
  it.each([
    'file:///var/log/suture/audit.jsonl',
    'syslog+tcp://siem.example.com:601',
    'syslog+tls://[2001:db8::1]:6514',
    'https://siem.example.com/in?token=x',
    'http://127.0.0.1:8080/in',
  ])('A3 may be %s', (url) => {
    expect(readSettings({ SUTURE_SIEM_URL: url })).toMatchObject({
      ok: true,
      settings: { SUTURE_SIEM_URL: url },
    })
  })

  it.each([
    'file://host/audit.jsonl',
    'file:///etc/passwd',
    'syslog+tcp://siem.example.com',
    'syslog+tls://siem.example.com:6514/path',
    'syslog://siem.example.com:514',
    'http://siem.example.com/in',
    'http://127.0.0.1.example.com/in',
    'https://user:pass@siem.example.com/in',
    'siem',
  ])('A3 may not be %s, and is not repeated', (url) => {
    const read = readSettings({ SUTURE_SIEM_URL: url })
    expect(read).toMatchObject({ ok: false, problems: [{ name: 'SUTURE_SIEM_URL' }] })
    expect(JSON.stringify(read)).not.toContain(`"${url}"`)
  })
})
