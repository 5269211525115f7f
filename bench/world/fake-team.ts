/** Who there is in the fake Slack: one team with one channel and one group of approvers. */
export const fakeTeam = { team: 'T1', channel: 'C1', approver: 'U1', group: 'S1' } as const
