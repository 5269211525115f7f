import { describe, expect, it } from 'vitest'
import { postmortem, timeIn } from '../../src/message/postmortem.ts'
import { aRun, at, healed } from './support/postmortem-facts.ts'

const sectionOf = (text: string, title: string): string =>
  text.split(`\n## ${title}\n\n`)[1]?.split('\n\n## ')[0]?.trimEnd() ?? ''

describe('the draft of a postmortem', () => {
  it('C8 tells a healed incident from what was recorded, in the zone of its service with UTC beside', () => {
    expect(postmortem(healed())).toBe(`# Postmortem (draft): CheckoutDown

Drafted from what Suture recorded of inc-42, as of 2026-03-04 10:30:00 (09:30:00 UTC). It says what was recorded and names no cause: the questions at the end are for people.

## Summary

- What: **CheckoutDown**, critical; 2 alerts from alertmanager.
- When: opened 2026-03-04 10:00:30 (09:00:30 UTC), resolved 2026-03-04 10:05:00 (09:05:00 UTC).
- How long: 4 min 30 s.
- Where: **checkout**, owned by team-shop.
- Who was affected: by the catalogue 2 services depend on it, directly or through others: shop and kiosk. Whether they were affected was not measured, nor were users.

## Times

- To detect: 30 s: its alert says that it began 2026-03-04 10:00:00 (09:00:00 UTC).
- To approve: req-5 approved after 2 min.
- To run: run-7 took 40 s.
- To recover: 4 min 30 s, from the incident to its end.

## Timeline

Times are those of Europe/Berlin, where the service is, with UTC beside.

- 2026-03-04 10:00:00 (09:00:00 UTC): Alert **CheckoutDown** fired, from alertmanager.
- 2026-03-04 10:02:00 (09:02:00 UTC): **Ada** wrote: is it the deploy?
- 2026-03-04 10:05:00 (09:05:00 UTC): Resolved after 4 min 30 s.

## Evidence and diagnosis

Gathered:

- HTTP probe, 2026-03-04 10:00:31 (09:00:31 UTC): checkout answers 503
- Prometheus (timed out), 2026-03-04 10:00:36 (09:00:36 UTC): No answer in 5 s

What Suture took it for, by likelihood; a guess from the evidence, not a cause:

- 82 % Service down; for: checkout answers 503
- 18 % Saturation; against: memory is at 40 %

## What was proposed, decided and done

Proposed:

- prop-3: **Restart the service** on checkout, 7 of 9 worked

Refused:

- 2026-03-04 10:02:30 (09:02:30 UTC): **Ada** (approve req-5): Ada requested this and so cannot approve it.

Decided:

- req-5 (run-7): requested by **Ada** 2026-03-04 10:01:00 (09:01:00 UTC); approved by **Chloe** 2026-03-04 10:03:00 (09:03:00 UTC): “looks right”

Run:

- run-7: **Restart the service** succeeded: checkout recovered; verified: the service recovered

## What went well, and what did not

- What went well, and should be done so again?
- What did not, and where was it only luck?
- Did the alert come as soon as it could, and did people notice before it?
- 1 source of evidence gave no answer (Prometheus). What would it have told?
- 1 attempt was refused. Was that right, each time?
- run-7 succeeded. Did it end the cause, or only what was seen of it?

## Action items

Nothing is filled in: each needs somebody who owns it and a day.

- [ ] Would keep it from happening again: … (owner: …, by: …)
- [ ] Would find it sooner: … (owner: …, by: …)
- [ ] Would heal it sooner, or with less risk: … (owner: …, by: …)
- [ ] Would make its playbook, policy or catalogue entry better: … (owner: …, by: …)

## What this rests on

- Records: inc-42, prop-3, run-7, req-5, audit 3f9a0c21, ev-1, ev-2.
- Complete: no alert, evidence, proposal, decision, run or message was left out.
- Whoever doubts it can check it: \`suture audit prove inc-42\` writes the proof of its entries in the history.
`)
  })

  it('C8 a run that was rolled back says what was undone and asks what its proposal had not known', () => {
    const run = aRun({
      status: 'rolled_back',
      ended: 'did not work and was rolled back',
      reason: 'step 2 failed',
      recovery: 'not_recovered',
      undone: ['Turn pricing off', 'Add an instance'],
    })
    const text = postmortem(healed({ runs: [run] }))
    expect(sectionOf(text, 'What was proposed, decided and done')).toContain(
      '- run-7: **Restart the service** did not work and was rolled back: step 2 failed; verified: the service did not recover; undone: Turn pricing off and Add an instance',
    )
    const questions = sectionOf(text, 'What went well, and what did not')
    expect(questions).toContain('run-7 did not work and was rolled back. What had its proposal not known?')
    expect(questions).toContain('No run is known to have ended it. What did: people, or nothing at all?')
  })

  it('C8 an incident that is not over, with a run of unknown result and no service, says what is not known', () => {
    const run = aRun({
      status: 'unknown',
      ended: 'ended with an unknown result',
      reason: '',
      finishedAt: null,
      recovery: null,
      request: null,
    })
    const { incident } = healed()
    const text = postmortem(
      healed({
        incident: { ...incident, status: 'escalated', resolvedAt: null, service: null, flaps: 2 },
        service: null,
        zone: 'UTC',
        alerts: { count: 0, sources: [], firedAt: null },
        timeline: [],
        evidence: [],
        hypotheses: [],
        proposals: [],
        refusals: [],
        runs: [run],
        missing: ['the history is longer than what was read'],
      }),
    )
    expect(sectionOf(text, 'Summary')).toBe(`- What: **CheckoutDown**, critical; 0 alerts.
- When: opened 2026-03-04 09:00:30 UTC, not resolved yet (escalated).
- How long: 29 min 30 s so far; it was opened again 2 times.
- Where: its alerts name no service.
- Who was affected: unknown: the catalogue does not say who depends on it.`)
    expect(
      sectionOf(text, 'Times'),
    ).toBe(`- To detect: not known: no alert says that it began before it arrived.
- To approve: nobody was asked.
- To run: run-7 has not ended.
- To recover: not recovered yet.`)
    expect(sectionOf(text, 'Timeline')).toBe('Times are UTC.\n\nNothing is on record.')
    expect(sectionOf(text, 'Evidence and diagnosis')).toBe(
      'No evidence is on record.\n\nNo diagnosis was made.',
    )
    expect(sectionOf(text, 'What was proposed, decided and done')).toBe(
      'Proposed: nothing.\n\nRefused: nothing.\n\nDecided:\n\n- run-7: policy allowed it without asking anybody\n\nRun:\n\n- run-7: **Restart the service** ended with an unknown result',
    )
    expect(sectionOf(text, 'What went well, and what did not')).toContain(
      'What became of run-7 was not known. How could it be told the next time?',
    )
    expect(sectionOf(text, 'What this rests on')).toContain(
      '- Not complete: the incident is not over; the history is longer than what was read.',
    )
  })

  it('C8 the day of UTC is named where it is another one', () => {
    expect(timeIn('Asia/Tokyo')(Temporal.Instant.from('2026-03-04T20:00:00.999Z'))).toBe(
      '2026-03-05 05:00:00 (2026-03-04 20:00:00 UTC)',
    )
    expect(timeIn('UTC')(at('00:00'))).toBe('2026-03-04 09:00:00 UTC')
  })
})
