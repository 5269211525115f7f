/** Time for the alerts to resolve after a verified recovery; then a person is asked to look. */
export const alertsSettleMs = 5 * 60_000
