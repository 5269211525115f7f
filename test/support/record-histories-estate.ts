/** What the recorded runs are about: playbooks of every form, and services that can be asked, can't, or can't be looked at. */

const head = (name: string, more = 'impact: medium') => `name: ${name}
version: 1
title: The playbook ${name}
description: Part of a recorded history.
diagnoses: [service_down, elevated_errors, general_degradation, saturation]
prior: { worked: 20, failed: 0 }
${more}
`

/** How long a step may take whose target may hang, and how long its undoing. */
const brief = 'timeout: 300ms'
const patient = 'timeout: 2s'
const verify = 'verify: { check: http_probe, within: 300ms, every: 50ms, healthy: 2 }'
const look = 'check: { check: http_probe, within: 200ms, every: 50ms, healthy: 1 }'

/** Turned off by the step, on by what undoes it. */
const flag = (enabled: boolean, name = 'pricing', timeout = enabled ? patient : brief) =>
  `action: set_feature_flag, with: { flag: ${name}, enabled: ${String(enabled)} }, ${timeout}`
const scale = (delta: string, timeout = brief) =>
  `action: scale_instances, with: { delta: ${delta} }, ${timeout}`

export const recordedPlaybooks: Readonly<Record<string, string>> = {
  'h-two': `${head('h-two')}
steps:
  - { id: flag, ${flag(false)}, rollback: { ${flag(true)} } }
  - { id: scale, ${scale('1')}, rollback: { ${scale('-1', patient)} } }
${verify}
`,
  'h-restart': `${head('h-restart')}
steps:
  - { id: restart, action: restart_service, ${brief} }
${verify}
`,
  'h-grave': `${head('h-grave', 'impact: critical')}
steps:
  - { id: flag, title: Turn it off, ${flag(false)}, rollback: { ${flag(true)} } }
  - { id: restart, action: restart_service, ${brief} }
${verify}
`,
  'h-three': `${head(
    'h-three',
    `impact: high
parameters:
  flag: { title: Flag, type: string, default: checkout-v2 }
  more: { title: More instances, type: integer, min: 1, max: 3, default: 2 }
  fewer: { title: Fewer instances, type: integer, min: -3, max: -1, default: -2 }`,
  )}
steps:
  - { id: flag, ${flag(false, "'${{ parameters.flag }}'")}, rollback: { ${flag(true, "'${{ parameters.flag }}'")} } }
  - { id: scale, ${scale("'${{ parameters.more }}'")}, rollback: { ${scale("'${{ parameters.fewer }}'", patient)} } }
  - { id: restart, title: Begin anew, action: restart_service, ${brief} }
${verify}
`,
  'h-checked': `${head('h-checked')}
steps:
  - { id: scale, ${scale('1')}, rollback: { ${scale('-1', patient)} }, ${look} }
  - { id: flag, ${flag(false)}, rollback: { ${flag(true)} }, ${look} }
${verify}
`,
  'h-first': `${head('h-first', 'impact: low\ntargets: first')}
steps:
  - { id: flag, ${flag(false)}, rollback: { ${flag(true)} } }
  - { id: look, action: check, ${brief} }
  - { id: scale, ${scale('2')}, rollback: { ${scale('-2', patient)} } }
verify:
  settle: 50ms
  checks:
    - { check: http_probe, within: 300ms, every: 50ms, healthy: 1 }
    - { check: http_probe, title: Once more, within: 300ms, every: 50ms, healthy: 2 }
`,
  'h-slow': `${head('h-slow')}
steps:
  - { id: flag, ${flag(false, 'pricing', 'timeout: 1m')}, rollback: { ${flag(true)} } }
  - { id: scale, ${scale('1', 'timeout: 1m')}, rollback: { ${scale('-1', patient)} } }
${verify}
`,
}

export const shapes = ['one', 'two', 'three', 'mute', 'mutes', 'unprobed'] as const
export type Shape = (typeof shapes)[number]

export const targetsOf = {
  one: 1,
  two: 2,
  three: 3,
  mute: 1,
  mutes: 2,
  unprobed: 1,
} as const satisfies Record<Shape, number>

/** One service of the catalogue, below `services:`. */
export const serviceText = (url: string, name: string, shape: Shape): string => {
  const told = shape === 'mute' || shape === 'mutes' ? '' : `, effect: '${url}/${name}/effects/{key}'`
  const call = (action: string, more = '') =>
    `          ${action}: { method: POST, url: '${url}/${name}/act/${action}'${told}${more} }\n`
  const target = (at: number) => `      - name: test/${name}-${at}
        kind: http
        actions:
${call('restart_service')}${call('scale_instances', `, body: { delta: '\${{ parameters.delta }}' }`)}${call('set_feature_flag', `, body: { flag: '\${{ parameters.flag }}', enabled: '\${{ parameters.enabled }}' }`)}`
  return `  - name: ${name}
    timeZone: Europe/Berlin
${shape === 'unprobed' ? '' : `    probe: { url: '${url}/${name}/health', timeout: 200ms }\n`}    targets:
${Array.from({ length: targetsOf[shape] }, (_, at) => target(at + 1)).join('')}`
}
