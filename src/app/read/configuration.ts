import type { Impact } from '../../domain/action.ts'
import { dependentsOf } from '../../domain/dependents.ts'
import type { TriageCode } from '../../domain/diagnosis.ts'
import type { Target } from '../../domain/service.ts'
import type { App } from '../app.ts'
import { channelOf } from './channel.ts'

export interface ServiceView {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly owner: string
  readonly timeZone: string
  readonly channel: string
  readonly aliases: string[]
  readonly dependsOn: string[]
  /** Everything that depends on it, directly or through others. */
  readonly dependents: string[]
  readonly probed: boolean
  /** Where it can be acted upon. Addresses and secrets stay out of it. */
  readonly targets: { name: string; kind: Target['kind']; actions: string[] }[]
}

export interface PlaybookView {
  readonly name: string
  readonly version: number
  readonly title: string
  readonly description: string
  readonly impact: Impact
  readonly diagnoses: TriageCode[]
  readonly digest: string
  readonly steps: { id: string; title: string; action: string; reversible: boolean }[]
}

export const listServices = async (app: App, tenantId: string): Promise<ServiceView[]> => {
  const configuration = await app.configuration.of(tenantId)
  return configuration.catalogue.services.map((service) => ({
    name: service.name,
    title: service.title ?? service.name,
    description: service.description,
    owner: service.owner,
    timeZone: service.timeZone,
    channel: channelOf(configuration, service.name),
    aliases: service.aliases,
    dependsOn: service.dependsOn,
    dependents: dependentsOf(configuration.catalogue, service.name),
    probed: service.probe !== undefined,
    targets: service.targets.map((target) => ({
      name: target.name,
      kind: target.kind,
      actions: Object.keys(target.actions),
    })),
  }))
}

export const listPlaybooks = async (app: App, tenantId: string): Promise<PlaybookView[]> => {
  const configuration = await app.configuration.of(tenantId)
  return configuration.playbooks.map(({ playbook, digest }) => ({
    name: playbook.name,
    version: playbook.version,
    title: playbook.title,
    description: playbook.description,
    impact: playbook.impact,
    diagnoses: playbook.diagnoses,
    digest,
    steps: playbook.steps.map((step) => ({
      id: step.id,
      title: step.title ?? step.id,
      action: step.action,
      reversible: step.rollback !== undefined,
    })),
  }))
}
