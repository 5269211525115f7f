/** Why a file cannot be read, as a person would say it. */
export const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is nothing of that name'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ENOTDIR') return 'it is no folder'
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not'
  return error instanceof Error ? error.message : String(error)
}
