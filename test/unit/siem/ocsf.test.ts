import { describe, expect, it } from 'vitest'
import { siemFields } from '../../../scripts/siem-fields.ts'
import { type AuditValue, auditEvents } from '../../../src/domain/audit.ts'
import { ocsfClasses, severities, shapes } from '../../../src/domain/siem/classes.ts'
import { damagedOf, ocsfOf, type SealedRecord } from '../../../src/domain/siem/ocsf.ts'

const place = { tenantId: 'acme', origin: 'suture.test/audit/acme', index: 41, leafHash: 'aGFzaA==' }
const options = { version: '1.2.3', clean: (text: string) => text.replaceAll('hunter2hunter2', '[secret X]') }
const aRecord = (given: Partial<SealedRecord> = {}): SealedRecord => ({
  id: '0199-id',
  at: '2026-11-23T04:00:00.123Z',
  event: 'message_posted',
  actor: 'person_ada',
  subject: 'inc-7',
  details: {},
  ...given,
})
const made = (given: Partial<SealedRecord> = {}) => ocsfOf(aRecord(given), place, options)

/** Every field with a value that is no mapping; what is in `unmapped.details` is anybody's. */
const pathsOf = (value: AuditValue, path = ''): string[] => {
  if (path === 'unmapped.details') return [path]
  if (Array.isArray(value)) return value.flatMap((each: AuditValue) => pathsOf(each, `${path}[]`))
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, each]) =>
    pathsOf(each, path === '' ? name : `${path}.${name}`),
  )
}

/** What OCSF 1.5.0 demands: of every event, and of each class. */
const demanded = [
  'activity_id',
  'category_uid',
  'class_uid',
  'severity_id',
  'time',
  'type_uid',
  'metadata.version',
]
const demandedOf: Record<string, readonly string[]> = {
  'Detection Finding': ['finding_info.uid', 'finding_info.title'],
  'Incident Finding': ['finding_info_list[].uid', 'finding_info_list[].title', 'status_id', 'assignee.uid'],
  Authentication: ['user.uid', 'service.name'],
  'Entity Management': ['entity.uid'],
  'API Activity': ['api.operation', 'src_endpoint.name', 'actor.user.uid'],
  'Remediation Activity': ['command_uid'],
}

describe('the history as OCSF', () => {
  it.each(auditEvents)('A3 %s is an event with all that its class demands', (event) => {
    const ocsf = made({ event })
    const paths = pathsOf(ocsf)
    const name = shapes[event].class
    const { uid, activities } = ocsfClasses[name]
    expect(paths).toEqual(expect.arrayContaining([...demanded, ...(demandedOf[name] ?? [])]))
    const activity = ocsf['activity_id'] as number
    expect(Object.values(activities)).toContain(activity)
    expect(ocsf).toMatchObject({
      class_uid: uid,
      category_uid: Number(String(uid)[0]),
      type_uid: uid * 100 + activity,
      severity_id: severities[shapes[event].severity],
      time: 1795406400123,
      metadata: {
        version: '1.5.0',
        uid: '0199-id',
        event_code: event,
        sequence: 41,
        log_name: place.origin,
        tenant_uid: 'acme',
      },
      unmapped: { subject: 'inc-7', leaf_hash: 'aGFzaA==' },
    })
  })

  it('A3 the field map of the docs names every field that is ever made, and no other', () => {
    const found = new Set(
      auditEvents.flatMap((event) =>
        ['person_ada', 'person_suture', 'source:grafana'].flatMap((actor) =>
          pathsOf(made({ event, actor, details: { status: 'failed', step: 's' } })),
        ),
      ),
    )
    expect([...found].toSorted()).toEqual(siemFields.map(([field]) => field).toSorted())
  })

  it('A3 a run tells how it went, a refusal is a failure, and what is not known is not claimed', () => {
    const finished = (status: string) =>
      made({ event: 'run_finished', subject: 'run-7', details: { status } })
    expect(finished('succeeded')).toMatchObject({ status_id: 1, status_detail: 'succeeded' })
    expect(finished('failed')).toMatchObject({ status_id: 2 })
    expect(finished('timed_out')).toMatchObject({ status_id: 2 })
    expect(finished('unknown')).toMatchObject({ status_id: 0 })
    expect(made({ event: 'refused' })).toMatchObject({ status_id: 2 })
    expect(made({ event: 'step_finished', subject: 'run-7', details: { step: 'restart' } })).toMatchObject({
      command_uid: 'run-7.restart',
    })
  })

  it('A3 an event of another version is told all the same, and never taken for a name every mapping has', () => {
    for (const event of ['long_forgotten', 'constructor', '__proto__'])
      expect(ocsfOf({ ...aRecord(), event } as unknown as SealedRecord, place, options)).toMatchObject({
        class_uid: 6003,
        activity_id: 99,
        status_id: 0,
      })
  })

  it('A3 fields named like secrets and values of secrets are taken out, at any depth', () => {
    const ocsf = made({
      subject: 'hunter2hunter2',
      details: {
        Token: 'abc',
        count: 3,
        list: [{ password: { deep: 1 } }, 'before hunter2hunter2 after', null, true],
        nested: { authorization: 'Bearer x', kept: 'plain' },
      },
    })
    expect(ocsf['unmapped']).toEqual({
      subject: '[secret X]',
      leaf_hash: 'aGFzaA==',
      details: {
        Token: '[Redacted]',
        count: 3,
        list: [{ password: '[Redacted]' }, 'before [secret X] after', null, true],
        nested: { authorization: '[Redacted]', kept: 'plain' },
      },
    })
    expect(JSON.stringify(ocsf)).not.toContain('hunter2')
  })

  it('A3 an entry that is gone is a critical finding about its place', () => {
    expect(damagedOf(place, '2026-11-23T04:00:00Z', '1.2.3')).toMatchObject({
      class_uid: 2004,
      severity_id: 5,
      finding_info: { uid: 'suture.test/audit/acme#41' },
      metadata: { event_code: 'audit_entry_damaged', sequence: 41 },
    })
  })
})
