import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { labPolicyPath } from '../../src/start/lab.ts'
import { healableServices } from './approvals.ts'

export interface AnswerFiles {
  readonly folder: string
  /** What heals each service when it is asked to. */
  readonly target: string
}

/** The names that the history of learning has. */
export const serviceNames = Array.from({ length: 20 }, (_, at) => `service-${at}`)
export const playbookNames = Array.from({ length: 6 }, (_, at) => `playbook-${at}`)

/** Settings that name a catalogue and playbooks of the estate that the history is of. */
export const writeAnswerFiles = ({ folder, target }: AnswerFiles) => {
  const catalogue = join(folder, 'catalogue.yaml')
  writeFileSync(catalogue, healableServices(target, serviceNames))
  const playbooks = join(folder, 'playbooks')
  mkdirSync(playbooks)
  for (const name of playbookNames)
    writeFileSync(
      join(playbooks, `${name}.yaml`),
      `name: ${name}
version: 1
title: Restart, as ${name} does
description: One step, and one look whether it helped.
impact: medium
diagnoses: [service_down, saturation, elevated_errors, general_degradation]
steps:
  - { id: restart, action: restart_service, timeout: 10s }
verify: { check: http_probe, within: 10s, every: 1s, healthy: 1 }
prior: { worked: 19, failed: 1 }
`,
    )
  // Benches run at any hour, so every window is open.
  return { SUTURE_CATALOGUE: catalogue, SUTURE_PLAYBOOKS: playbooks, SUTURE_POLICY: labPolicyPath }
}
