import { defaultPolicy, PolicyDocument } from '../../src/domain/policy/document.ts'
import { at } from './console-stub-data.ts'

/** The policy of the stub and what it says of a run, in the shapes of `/v1`. */

export const stubPolicy = () => ({
  digest: 'default',
  source: null as string | null,
  since: null as string | null,
  document: defaultPolicy,
  problems: [] as string[],
  warnings: [] as string[],
})

/** Every kind of thing that a policy may say. */
export const fullPolicy = (): ReturnType<typeof stubPolicy> => ({
  digest: 'f3b1c0ffee0123456789abcdef0123456789abcdef0123456789abcdef012345',
  source: 'config/policy.yaml',
  since: at(90),
  problems: ['config/policy.yaml:12:5: then.quorum: expected at most 10, found 99. Lower it.'],
  warnings: ['the rule careful names playbook drain-node, which is not there'],
  document: PolicyDocument.parse({
    windows: [{ id: 'office', match: { services: ['checkout'] }, timeZone: 'Europe/Berlin' }],
    overrun: 'deny',
    freezes: [{ id: 'fair', from: '2026-12-20T18:00', to: '2027-01-04T09:00', reason: 'the winter fair' }],
    holidays: [{ id: 'public', dates: ['2026-12-24', '2026-12-25'] }],
    approval: { escalation: [{ after: '20m', roles: ['admin'], channel: 'leads' }] },
    blastRadius: { approve: 12 },
    groups: { database: ['person_ada', 'person_dan'] },
    shifts: [
      {
        id: 'on-call',
        people: ['person_ada', 'person_dan'],
        starts: '2026-11-02',
        timeZone: 'Europe/Berlin',
      },
    ],
    rules: [
      {
        id: 'careful',
        match: { services: ['payments*'] },
        // oxlint-disable-next-line unicorn/no-thenable -- the word of the file
        then: { quorum: 2, groups: ['database'] },
        reason: 'Money moves there.',
      },
    ],
  }),
})

const mode = {
  code: 'mode',
  detail: 'In mode approve somebody approves whatever runs.',
  remedy: 'An approver presses Approve.',
  facts: null,
  earliest: null,
}

export const stubExplained = (runId: string) => {
  const verdict = {
    outcome: 'require_approval',
    quorum: 1,
    approverRoles: ['approver'],
    requiredRoles: [],
    requiredGroups: [],
  }
  const kept = { ...verdict, policyVersion: 'f3b1c0ffee012345', facts: {} }
  return {
    proposalId: 'prop-1',
    runId,
    service: 'checkout',
    playbook: 'restart-service',
    said: [
      {
        moment: 'propose',
        at: at(9),
        text: 'prop-1 was proposed: people had to approve it.',
        reasons: [mode],
        kept,
      },
      { moment: 'request', at: at(8), text: 'Ada asked for approval of restart.', reasons: null, kept: null },
      { moment: 'decide', at: at(7), text: 'Chloe approved it.', reasons: [mode], kept },
    ],
    now: {
      moment: 'run',
      policyVersion: 'f3b1c0ffee012345',
      verdict: { ...verdict, outcome: 'deny' },
      rules: [
        { rule: 'emergencyStop', outcome: 'allow', reason: null },
        {
          rule: 'changeWindow',
          outcome: 'deny',
          reason: {
            code: 'change_window',
            detail: 'checkout may be changed Mon-Fri 09:00-18:00; it is Sunday there.',
            remedy: 'Ask for an override, or wait.',
            facts: null,
            earliest: at(-600),
          },
        },
        { rule: 'mode', outcome: 'require_approval', reason: mode },
      ],
    },
  }
}
