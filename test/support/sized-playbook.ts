/** A playbook with a parameter that fits every diagnosis and can be undone: what a person may edit. */
export const sized = `name: sized
version: 1
title: Add instances
description: Adds instances.
impact: medium
diagnoses: [service_down, elevated_errors, general_degradation, saturation]
parameters:
  by: { title: Instances, type: integer, min: -3, max: 3, default: 1 }
steps:
  - { id: scale, action: scale_instances, with: { delta: '\${{ parameters.by }}' }, timeout: 1s, rollback: { action: scale_instances, with: { delta: -1 }, timeout: 1s } }
verify: { check: http_probe, within: 400ms, every: 50ms, healthy: 2 }
prior: { worked: 20, failed: 0 }
`
