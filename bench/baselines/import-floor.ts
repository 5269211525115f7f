/**
 * The libraries that every Suture of all roles needs, and nothing of Suture: the floor of its start and of its memory.
 * Prints one line when they are loaded, then waits until its standard input closes.
 */
const ofSuture = [
  '@hono/node-server',
  '@hono/zod-openapi',
  'bullmq',
  'canonicalize',
  'kysely',
  'pg',
  'pino',
  'yaml',
  'zod',
]
/** `--only a,b`: these alone. `--with a,b`: these besides. */
const [how, names = ''] = process.argv.slice(2)
const given = names === '' ? [] : names.split(',')
const libraries = how === '--only' ? given : [...ofSuture, ...given]
await Promise.all(libraries.map((name) => import(name)))
process.stdout.write('ready\n')
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
