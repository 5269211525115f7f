import { checkGroups, checkShifts, type KnownPerson, namedIn } from '../../domain/policy/check-groups.ts'
import type { Tx } from '../../storage/database.ts'
import { type Committer, commit } from '../commit.ts'
import { digestOf } from '../digest.ts'
import { placeProblems, type YamlProblem } from '../read-yaml.ts'
import type { ParsedFiles } from './parse-files.ts'

/**
 * Files become hashed rows; every process reads the rows. Only what has changed is written and audited. Returns what is
 * wrong with a policy that only the tenant's people can tell: the policy in force then stays, and the rest is imported.
 */
export const importFiles = (
  app: Committer,
  tenantId: string,
  files: ParsedFiles,
): Promise<readonly YamlProblem[]> => {
  const all = [
    {
      kind: 'catalogue' as const,
      name: 'catalogue',
      body: files.catalogue.value as unknown,
      source: files.catalogue.source,
    },
    ...files.playbooks.map(({ value, source }) => ({
      kind: 'playbook' as const,
      name: value.name,
      body: value as unknown,
      source,
    })),
    ...(files.policy === null
      ? []
      : [
          {
            kind: 'policy' as const,
            name: 'policy',
            body: files.policy.value as unknown,
            source: files.policy.source,
          },
        ]),
  ].map((each) => ({ ...each, digest: digestOf(each.body) }))
  return commit(app, tenantId, async (tx, out) => {
    const active = await tx.db
      .selectFrom('config_version')
      .select(['kind', 'name', 'digest'])
      .where('tenant_id', '=', tenantId)
      .where('active', '=', true)
      .execute()
    const problems = await problemsWithPeople(tx, files)
    const wanted =
      problems.length === 0
        ? all
        : [
            ...all.filter(({ kind }) => kind !== 'policy'),
            ...active
              .filter(({ kind }) => kind === 'policy')
              .map((row) => ({ ...row, body: null, source: '' })),
          ]
    const gone = active.filter(
      (row) =>
        !wanted.some(
          (each) => each.kind === row.kind && each.name === row.name && each.digest === row.digest,
        ),
    )
    const fresh = wanted.filter(
      (each) =>
        !active.some((row) => row.kind === each.kind && row.name === each.name && row.digest === each.digest),
    )
    for (const row of gone)
      await tx.db
        .updateTable('config_version')
        .set({ active: false })
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', row.kind)
        .where('name', '=', row.name)
        .where('active', '=', true)
        .execute()
    for (const each of fresh) {
      await tx.db
        .insertInto('config_version')
        .values({
          tenant_id: tenantId,
          kind: each.kind,
          name: each.name,
          digest: each.digest,
          body: JSON.stringify(each.body),
          source: each.source,
          active: true,
          imported_at: tx.now,
        })
        .onConflict((conflict) =>
          conflict.columns(['tenant_id', 'kind', 'name', 'digest']).doUpdateSet({
            active: true,
            source: each.source,
            imported_at: tx.now,
          }),
        )
        .execute()
      out.audit({
        event: 'configuration_imported',
        actor: 'person_suture',
        subject: `${each.kind}:${each.name}`,
        details: { digest: each.digest, source: each.source },
      })
    }
    for (const row of gone.filter(
      (row) => !wanted.some((each) => each.kind === row.kind && each.name === row.name),
    ))
      out.audit({
        event: 'configuration_imported',
        actor: 'person_suture',
        subject: `${row.kind}:${row.name}`,
        details: { digest: null, source: 'removed' },
      })
    if (gone.length > 0 || fresh.length > 0) out.changed('configuration', tenantId)
    return problems
  })
}

const problemsWithPeople = async (tx: Tx, { policy }: ParsedFiles): Promise<readonly YamlProblem[]> => {
  const ids = policy === null ? [] : namedIn(policy.value)
  if (policy === null || ids.length === 0) return []
  const people = await peopleOf(tx, ids)
  const { groups, shifts } = policy.value
  const problems = [...checkGroups(groups, people), ...checkShifts(shifts, people)]
  return placeProblems(policy.text, policy.source, problems)
}

/** Those of these ids that there are. */
const peopleOf = async (tx: Tx, ids: readonly string[]): Promise<KnownPerson[]> => {
  const rows = await tx.db
    .selectFrom('person')
    .select(['id', 'name', 'kind', 'disabled_at'])
    .where('tenant_id', '=', tx.tenantId)
    .where('id', 'in', ids)
    .execute()
  return rows.map(({ disabled_at, ...person }) => ({ ...person, disabled: disabled_at !== null }))
}
