import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { settings } from '../src/config.ts'
import { actionCatalogue } from '../src/domain/actions/index.ts'
import { riskTable } from '../src/domain/policy/trust.ts'
import { exampleAuditFiles } from './audit-examples.ts'
import { buildVerifier, renderVerifier } from './build-verifier.ts'
import { type ProjectFile, projectRoot } from './project-files.ts'
import { renderActions } from './render-actions.ts'
import { renderOperations } from './render-api.ts'
import { renderButtonRights, renderCommandRights, renderOperationRights } from './render-permissions.ts'
import { renderRisk } from './render-risk.ts'
import { renderEnvExample, renderSettingsPage } from './render-settings.ts'
import { renderSiemEvents, renderSiemFields } from './render-siem.ts'
import { renderTransitions } from './render-transitions.ts'
import { replaceGenerated } from './replace-generated.ts'

const transitionTable = z.record(z.string(), z.array(z.string()).readonly())
const tableName = /^(\w+)Transitions$/

/** Every file, or file with a section, that comes from the code. `npm run docs` writes them, a test compares them. */
export async function generatedDocs(): Promise<ProjectFile[]> {
  const architecture = 'docs/architecture.md'
  const text = readFileSync(`${projectRoot}${architecture}`, 'utf8')
  const api = 'docs/api.md'
  const apiText = readFileSync(`${projectRoot}${api}`, 'utf8')
  const targets = 'docs/targets.md'
  const targetsText = readFileSync(`${projectRoot}${targets}`, 'utf8')
  const risk = 'docs/policy-risk.md'
  const riskText = readFileSync(`${projectRoot}${risk}`, 'utf8')
  const permissions = 'docs/permissions.md'
  const permissionsText = readFileSync(`${projectRoot}${permissions}`, 'utf8')
  const auditFormat = 'docs/audit-format.md'
  const auditFormatText = readFileSync(`${projectRoot}${auditFormat}`, 'utf8')
  const siem = 'docs/siem.md'
  const siemText = readFileSync(`${projectRoot}${siem}`, 'utf8')
  const verifier = buildVerifier()
  return [
    ...exampleAuditFiles(),
    { path: 'console/verify.html', text: verifier },
    { path: auditFormat, text: replaceGenerated(auditFormatText, 'verifier', renderVerifier(verifier)) },
    {
      path: siem,
      text: replaceGenerated(
        replaceGenerated(siemText, 'siem-fields', renderSiemFields()),
        'siem-events',
        renderSiemEvents(),
      ),
    },
    { path: permissions, text: withRights(permissionsText) },
    { path: risk, text: replaceGenerated(riskText, 'risk', renderRisk(riskTable)) },
    {
      path: targets,
      text: replaceGenerated(targetsText, 'actions', renderActions(Object.values(actionCatalogue))),
    },
    { path: api, text: replaceGenerated(apiText, 'operations', renderOperations()) },
    { path: architecture, text: replaceGenerated(text, 'transitions', await transitionDiagrams()) },
    { path: 'docs/settings.md', text: renderSettingsPage(settings) },
    { path: '.env.example', text: renderEnvExample(settings) },
  ]
}

const withRights = (text: string): string =>
  [
    ['operations', renderOperationRights()] as const,
    ['commands', renderCommandRights()] as const,
    ['buttons', renderButtonRights()] as const,
  ].reduce((page, [name, body]) => replaceGenerated(page, name, body), text)

/** A diagram for every `<noun>Transitions` that a domain file exports, so that a new noun is drawn without being listed. */
async function transitionDiagrams(): Promise<string> {
  const folder = `${projectRoot}src/domain/`
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  const modules = await Promise.all(files.map((name) => exportsOf(`${folder}${name}`)))
  const diagrams = modules
    .flatMap((exports) => Object.entries(exports))
    .flatMap(([name, value]) => {
      const noun = tableName.exec(name)?.[1]
      return noun === undefined ? [] : [renderTransitions(noun, transitionTable.parse(value))]
    })
  return diagrams.toSorted().join('\n\n')
}

async function exportsOf(file: string): Promise<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).parse({ ...(await import(file)) })
}
