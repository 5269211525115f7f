import { type Committer, commit } from '../commit.ts'
import { digestOf } from '../digest.ts'
import type { ParsedFiles } from './parse-files.ts'

/** Files become hashed rows; every process reads the rows. Only what has changed is written and audited. */
export const importFiles = (app: Committer, tenantId: string, files: ParsedFiles): Promise<void> => {
  const wanted = [
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
  ].map((each) => ({ ...each, digest: digestOf(each.body) }))
  return commit(app, tenantId, async (tx, out) => {
    const active = await tx.db
      .selectFrom('config_version')
      .select(['kind', 'name', 'digest'])
      .where('tenant_id', '=', tenantId)
      .where('active', '=', true)
      .execute()
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
        })
        .onConflict((conflict) =>
          conflict.columns(['tenant_id', 'kind', 'name', 'digest']).doUpdateSet({ active: true }),
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
  })
}
