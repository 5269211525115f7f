/** A moment as Slack shows it in the reader's own zone, and in UTC where it can't. */
export interface SlackTime {
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly format: string
  readonly fallback: string
}

/** Null for what is no instant: it is shown as it came. */
export const slackTime = (at: string, precision: 'second' | undefined): SlackTime | null => {
  const instant = parsed(at)
  if (instant === null) return null
  const utc = instant.toZonedDateTimeISO('UTC')
  const clock = utc.toPlainTime().toString({ smallestUnit: precision ?? 'minute' })
  return {
    timestamp: Math.floor(instant.epochMilliseconds / 1_000),
    format: precision === 'second' ? '{date_short_pretty} at {time_secs}' : '{date_short_pretty} at {time}',
    fallback: `${utc.toPlainDate().toString()} ${clock} UTC`,
  }
}

const parsed = (at: string): Temporal.Instant | null => {
  try {
    return Temporal.Instant.from(at)
  } catch {
    return null
  }
}
