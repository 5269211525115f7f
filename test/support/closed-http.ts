import { importFiles } from '../../src/app/configuration/import-files.ts'
import { parseFiles } from '../../src/app/configuration/parse-files.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { inTenant } from '../../src/storage/database.ts'
import { forgetConfiguration } from '../db/core-world.ts'
import { catalogueAt, testTenant } from './app.ts'
import { closedWindow, editablePlaybook } from './closed-window.ts'
import { alertSecret, testHttp } from './http.ts'
import { anAlertmanagerAlert, anAlertmanagerPayload } from './payloads/read.ts'

/** A Suture over HTTP that offers a proposal with parameters while its window is closed. */
export const offeredWhileClosed = async (targetUrl: string) => {
  const other = await testHttp({ targetUrl })
  const configure = async (policy: string) => {
    const parsed = parseFiles(
      {
        catalogue: { name: 'catalogue.yaml', text: catalogueAt(targetUrl) },
        playbooks: [{ name: 'sized.yaml', text: editablePlaybook }],
        policy: { name: 'policy.yaml', text: policy },
      },
      other.app.limits.runBudgetMs,
    )
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    await importFiles(other.app, testTenant, parsed.value)
    forgetConfiguration(other.app)
  }
  await configure(closedWindow())
  const people = {
    ada: await other.persona('person_ada'),
    chloe: await other.persona('person_chloe'),
    dan: await other.persona('person_dan'),
  }
  const posted = await other.ask('POST', '/v1/alerts/alertmanager', {
    body: anAlertmanagerPayload(
      anAlertmanagerAlert({ labels: { alertname: 'ServiceDown', service: 'checkout' } }),
    ),
    headers: { authorization: `Bearer ${alertSecret}` },
  })
  const [incident = ''] = (posted.json as { incidents: string[] }).incidents
  await healIncident(other.app, testTenant, incident)
  const { id: proposalId } = await inTenant(other.app.store, testTenant, (tx) =>
    tx.db.selectFrom('proposal').select('id').where('playbook', '=', 'sized').executeTakeFirstOrThrow(),
  )
  return { other, configure, proposalId, people }
}
