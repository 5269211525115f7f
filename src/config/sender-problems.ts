import type { ConfigProblem, Settings } from '../config.ts'

/** What fits by itself and not together: how each source's sender proves who it is, and what that way needs. */

export const senderNames = ['ALERTMANAGER', 'GRAFANA', 'GENERIC'] as const
export type SenderName = (typeof senderNames)[number]

/** `given` lacks what did not fit by itself; a source whose way is not known is not looked at. */
export const senderProblems = (given: Partial<Settings>): ConfigProblem[] => {
  const problems = senderNames.flatMap((name) => problemsOf(name, given))
  const signedHeader = given.SUTURE_GENERIC_HMAC_HEADER
  const generic = given.SUTURE_GENERIC_AUTH
  if (signedHeader !== undefined && generic !== undefined && generic !== 'hmac')
    problems.push(
      unused('SUTURE_GENERIC_HMAC_HEADER', 'SUTURE_GENERIC_AUTH', generic, 'Set SUTURE_GENERIC_AUTH to hmac'),
    )
  const byCertificate = senderNames.find((name) => given[`SUTURE_${name}_AUTH`] === 'mtls')
  if (byCertificate !== undefined && given.SUTURE_TRUSTED_PROXIES?.length === 0)
    problems.push({
      name: 'SUTURE_TRUSTED_PROXIES',
      problem: `is not set, and SUTURE_${byCertificate}_AUTH is mtls: anybody could write the header of the subject`,
      remedy: 'Set it to the addresses from which the proxy that ends TLS connects, such as 10.0.0.7.',
    })
  return problems
}

const problemsOf = (name: SenderName, given: Partial<Settings>): ConfigProblem[] => {
  const [authName, secretName, subjectsName] = [
    `SUTURE_${name}_AUTH`,
    `SUTURE_${name}_SECRET`,
    `SUTURE_${name}_MTLS_SUBJECTS`,
  ] as const
  const auth = given[authName]
  const secret = given[secretName]
  const hasSubjects = (given[subjectsName] ?? []).length > 0
  if (auth === undefined) return []
  if (auth === 'mtls')
    return [
      ...(hasSubjects || given[subjectsName] === undefined
        ? []
        : [
            {
              name: subjectsName,
              problem: `is not set, and ${authName} is mtls`,
              remedy:
                'Set it to the subjects that may send, such as CN=alerts,O=Example; semicolons separate several.',
            },
          ]),
      ...(secret === undefined
        ? []
        : [unused(secretName, authName, auth, `Set ${authName} to bearer, hmac or basic`)]),
    ]
  return [
    ...(auth === 'basic' && secret !== undefined && !isPair(secret)
      ? [
          {
            name: secretName,
            problem: `${authName} is basic, and this is not a user name, a colon and a password`,
            remedy: 'Set it to user:password, both as the sender sends them.',
          },
        ]
      : []),
    ...(auth !== 'bearer' && secret === undefined
      ? [
          {
            name: secretName,
            problem: `is not set, and ${authName} is ${auth}`,
            remedy: `Set it to ${auth === 'basic' ? 'user:password' : 'the key that the sender signs with'}.`,
          },
        ]
      : []),
    ...(hasSubjects ? [unused(subjectsName, authName, auth, `Set ${authName} to mtls`)] : []),
  ]
}

/** Whoever sets it believes that it guards something. */
const unused = (name: string, authName: string, auth: string, remedy: string): ConfigProblem => ({
  name,
  problem: `is set, and ${authName} is ${auth}, which does not look at it`,
  remedy: `${remedy}, or leave ${name} out.`,
})

const isPair = (secret: string): boolean => /^[^:]+:./s.test(secret)
