/** Slack and Discord hold a channel's name to 80 and 100 characters. */
const longest = 80

/** The channel that an incident gets of its own: `inc-42-checkout`. Lower case letters, digits and dashes alone. */
export const ownChannelOf = (incidentId: string, service: string | null): string =>
  `${incidentId}-${service ?? ''}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replaceAll(/^-+|-+$/g, '')
