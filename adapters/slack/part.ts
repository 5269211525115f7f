/** Where one message stands: `C123/1699999999.000100`. A head may stand in two places, parted by one space. */
export interface Part {
  readonly channel: string
  readonly ts: string
}

export const formatPart = ({ channel, ts }: Part): string => `${channel}/${ts}`

/** What does not read as a place is left out: it stems from another adapter or an older form. */
export const parseParts = (messageId: string | null): Part[] =>
  (messageId ?? '').split(' ').flatMap((part) => {
    const [, channel, ts] = /^([A-Z0-9]+)\/(\d+\.\d+)$/.exec(part) ?? []
    return channel === undefined || ts === undefined ? [] : [{ channel, ts }]
  })
