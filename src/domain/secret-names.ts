/** Fields of these names are never shown outside, wherever they stand: in a line of the log, in an entry that is exported. */
export const secretNames = ['authorization', 'cookie', 'secret', 'token', 'password'] as const
