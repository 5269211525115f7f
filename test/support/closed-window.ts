import { weekdays } from '../../src/domain/policy/calendar.ts'

/** Everything closed, whatever the clock on the wall says: the one hour that is open lies three days ahead. */
export const closedWindow = (now: Temporal.Instant = Temporal.Now.instant()): string => {
  const day = weekdays[(now.toZonedDateTimeISO('UTC').dayOfWeek + 2) % 7]
  return `windows:
  - { id: far-away, days: [${day}], from: '12:00', to: '13:00', timeZone: UTC }
limits: { proposalsPerHour: 1000, backOff: { first: 0s, most: 0s }, duplicateWithin: 0s }
`
}

/** Three parameters, one of each kind that a form asks for: two numbers would do in no chat what a choice does. */
export const editablePlaybook = `name: sized
version: 1
title: Add instances
description: Adds instances.
impact: medium
diagnoses: [service_down, elevated_errors, general_degradation, saturation]
parameters:
  by: { title: Instances, type: integer, min: -3, max: 3, default: 1 }
  back: { title: Instances taken back, type: integer, min: -3, max: -1, default: -1 }
  flag: { title: Flag, type: choice, values: [fast, safe], default: safe }
steps:
  - id: scale
    action: scale_instances
    with: { delta: '\${{ parameters.by }}' }
    timeout: 1s
    rollback: { action: scale_instances, with: { delta: '\${{ parameters.back }}' }, timeout: 1s }
  - id: flag
    action: set_feature_flag
    with: { flag: '\${{ parameters.flag }}', enabled: true }
    timeout: 1s
    rollback: { action: set_feature_flag, with: { flag: '\${{ parameters.flag }}', enabled: false }, timeout: 1s }
verify: { check: http_probe, within: 400ms, every: 50ms, healthy: 2 }
prior: { worked: 20, failed: 0 }
`
