/** Every right that Suture's bot token needs, and what would not work without it. `manifest.yml` asks for exactly these. */
export const slackScopes = {
  'app_mentions:read': 'questions by mention',
  'channels:history': 'finding a posted card again in a public channel',
  'channels:join': 'posting in public channels it was not invited to',
  'channels:manage': 'a channel of its own for a critical incident',
  'channels:read': 'finding public channels by their name',
  'chat:write': 'posting cards and replies',
  commands: 'the command /heal',
  'files:write': 'files in the thread, such as proofs',
  'groups:history': 'finding a posted card again in a private channel',
  'groups:read': 'finding private channels by their name',
  'im:history': 'questions in a direct message',
  'im:read': 'telling direct messages from channels',
  'im:write': 'answering in a direct message',
  'usergroups:read': 'roles from user groups',
  'users:read': 'names of people',
} as const satisfies Readonly<Record<string, string>>
