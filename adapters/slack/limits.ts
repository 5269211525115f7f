/**
 * What Slack takes, each number with its source: documented, or measured by others and kept with room to spare.
 * Lengths are in UTF-16 units, which is never fewer than the characters Slack counts.
 */
export const slackLimits = {
  /** docs.slack.dev/reference/block-kit/blocks: "up to 50 blocks in each message". */
  blocks: 50,
  /** The same page: "100 blocks in modals or Home tabs". */
  viewBlocks: 100,
  /** docs.slack.dev/reference/block-kit/blocks/section-block: text. */
  sectionText: 3_000,
  /** The same page: at most 10 items in `fields`, each of at most 2000 characters. */
  fields: 10,
  fieldText: 2_000,
  /** docs.slack.dev/reference/block-kit/blocks/header-block. */
  headerText: 150,
  /** docs.slack.dev/reference/block-kit/blocks/context-block: elements; its text objects end at 3000. */
  contextElements: 10,
  contextText: 3_000,
  /** docs.slack.dev/reference/block-kit/blocks/actions-block: elements. */
  actions: 25,
  /** docs.slack.dev/reference/block-kit/block-elements/button-element. */
  buttonText: 75,
  buttonValue: 2_000,
  /** The same page: `action_id` (and `block_id` of every block). */
  actionId: 255,
  /** docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object. */
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  /** docs.slack.dev/reference/block-kit/block-elements/button-element: url. */
  url: 3_000,
  /** docs.slack.dev/reference/views/modal-views: title, submit and close; `private_metadata`. */
  viewTitle: 24,
  viewMetadata: 3_000,
  /** docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element: max_length at most. */
  inputText: 3_000,
  /** docs.slack.dev/reference/block-kit/blocks/input-block: label. */
  inputLabel: 2_000,
  /** docs.slack.dev/reference/methods/chat.postMessage: 4,000 characters advised for `text`. */
  text: 4_000,
  /**
   * All blocks of one message as JSON, in bytes of UTF-8. Undocumented: `msg_blocks_too_long` was measured at about 13,200
   * characters over all blocks, containers counted (github.com/slackapi/bolt-js/issues/2509 and 2867).
   */
  blocksBytes: 12_000,
  /** docs.slack.dev/reference/methods/conversations.setTopic. */
  topic: 250,
  /** docs.slack.dev/reference/methods/conversations.create: lower case, no spaces, at most 80 characters. */
  channelName: 80,
} as const

/** docs.slack.dev/apis/web-api/rate-limits: about one message a second and channel; kept with a tenth to spare. */
export const gapMs = 1_100

/** No call to Slack may take longer. */
export const callTimeoutMs = 10_000
