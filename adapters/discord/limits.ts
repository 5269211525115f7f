/**
 * What Discord takes. Sources: Discord's API reference (Components, Message, Channel, Rate Limits) and its published
 * OpenAPI schemas; where neither says a number, the note says who does. Texts are measured after escaping, in UTF-16 units.
 */

/** Counted over all levels: the container, every text, row and button. Component Reference. */
export const mostComponents = 40
/** Over all text displays of a message. Not in the reference; other libraries and the refusal itself name it. */
export const mostText = 4_000
/** Component Reference, Button. */
export const mostButtonsInRow = 5
export const mostLabel = 80
export const mostCustomId = 100
export const mostUrl = 512
/** Modal, Label: Component Reference; interaction callback. */
export const mostModalTitle = 45
export const mostInputLabel = 45
/** Thread and guild channel names, channel topics: Channel Resource. */
export const mostChannelName = 100
export const mostTopic = 1_024

/** Ours: five rows. No card has near as many; a message holds 40 parts in all, so there is an end somewhere. */
export const mostActions = 25
/** Ours: longer titles are no titles; leaves room for what the card has to say. */
export const mostTitle = 256
export const mostStatus = 80

/** No more than 5 messages in 5 s go to a channel (the bucket that Discord answers with); with room to spare. */
export const gapMs = 1_100
/** Every call ends within it. */
export const timeoutMs = 10_000
/** Minutes without a message until a thread leaves the list of the active ones: seven days, the longest. Channel Resource. */
export const threadSleepsAfterMin = 10_080
