import { posix } from 'node:path'
import { importsOf } from './imports.ts'

/** Rooms whose own files and npm packages are listed; every room may import itself. */
interface Room {
  readonly rooms: readonly string[]
  /** Rooms or files of which only types may be imported. */
  readonly types?: readonly string[]
  /** npm packages; `any` where the room is there to use them, node's own modules included. */
  readonly packages: 'any' | readonly string[]
  readonly packageTypes?: readonly string[]
}

const everything = ['*']
const ports = 'src/app/ports.ts'

/** Who may import whom. `*` is every room but `main`, which nobody imports. */
export const rooms: Readonly<Record<string, Room>> = {
  domain: { rooms: [], packages: ['zod'] },
  message: { rooms: ['domain'], packages: ['zod'] },
  query: { rooms: ['domain'], packages: ['zod', 'chrono-node'] },
  // node:net: what pg writes to is a socket.
  storage: { rooms: ['domain'], packages: ['kysely', 'pg', 'node:crypto', 'node:net'] },
  app: {
    rooms: ['domain', 'message', 'query', 'storage'],
    packages: ['zod', 'canonicalize', 'yaml', 'ical.js', 'node:crypto'],
    packageTypes: ['kysely'],
  },
  http: { rooms: ['app', 'domain', 'message'], types: ['context'], packages: 'any' },
  jobs: { rooms: ['app', 'domain', 'message'], types: ['context'], packages: 'any' },
  cli: { rooms: ['domain', 'src/http/schemas/'], packages: 'any' },
  config: { rooms: ['domain'], packages: 'any' },
  context: { rooms: everything, packages: 'any' },
  // What `main` does, in parts: the start and the stop of everything.
  start: { rooms: everything, packages: 'any' },
  log: { rooms: ['domain'], types: ['app'], packages: ['pino'] },
  main: { rooms: everything, packages: 'any' },
  adapters: { rooms: ['domain', 'message'], types: [ports], packages: 'any' },
  // Infrastructure that context wires: it starts and migrates the database, and knows the tables by type alone.
  'adapters/postgres': {
    rooms: ['domain', 'migrations'],
    types: [ports, 'storage', 'config'],
    packages: 'any',
  },
  // A migration is history: code that changes later must not change it.
  migrations: { rooms: [], packages: ['kysely'] },
  lab: { rooms: [], packages: 'any' },
  bench: { rooms: everything, packages: 'any' },
  scripts: { rooms: everything, packages: 'any' },
  test: { rooms: everything, packages: 'any' },
}

/** Files whose task needs more than their room may; each with the reason. */
const exceptions: Readonly<Record<string, Room>> = {
  // Judges a policy file without a server, and has to say the same as the server: it reads files as the server does.
  'cli/policy-files.ts': {
    rooms: ['domain', 'src/app/configuration/', 'src/app/read-yaml.ts', 'src/start/files.ts'],
    packages: 'any',
  },
  // Makes a key where the worker will look for it, as the worker makes its first one. No server is asked: a key never travels.
  'cli/commands/audit-key.ts': { rooms: ['domain', 'adapters/files/signing-keys.ts'], packages: 'any' },
  // A process of its own, and so an entry point like `main`: it builds its own small context.
  'jobs/watchdog.ts': {
    rooms: ['app', 'config', 'context', 'log', 'src/start/give-back.ts'],
    packages: ['zod'],
  },
  // Loads the migrations by name and brings up the queue's own tables in the same go, as the owner.
  'src/storage/migrate.ts': { rooms: ['domain', 'migrations'], packages: 'any' },
}

/** The room of a path from the project's root; undefined for a file that no room claims. */
export function roomOf(path: string): string | undefined {
  const [top, second = ''] = path.split('/')
  if (top === 'adapters') return `adapters/${second}`
  const name = top === 'src' ? second.replace(/\.ts$/, '') : (top ?? '')
  if (path.endsWith('.config.ts')) return 'scripts'
  return name in rooms ? name : undefined
}

/** One sentence for each import of `file` that the table doesn't allow. */
export function violationsIn(file: string, source: string): string[] {
  const room = roomOf(file)
  if (room === undefined)
    return [`${file} stands in no room; put it in one, or add a room to test/architecture/rooms.ts`]
  const rule = exceptions[file] ?? ruleOf(room)
  return importsOf(source).flatMap(({ specifier, typeOnly, line }) => {
    const at = `${file}:${line}`
    if (specifier === undefined) {
      return rule.packages === 'any'
        ? []
        : [`${at} computes what it imports, so ${room} can't be held to its table`]
    }
    if (!specifier.startsWith('.'))
      return mayUse(rule, specifier, typeOnly) ? [] : [`${at} ${room} may not use ${specifier}`]
    const target = posix.normalize(posix.join(posix.dirname(file), specifier))
    const problem = problemWith(room, rule, target, typeOnly)
    return problem === undefined ? [] : [`${at} ${problem} (${specifier})`]
  })
}

function ruleOf(room: string): Room {
  const rule = rooms[room] ?? (room.startsWith('adapters/') ? rooms['adapters'] : undefined)
  if (rule === undefined) throw new Error(`room ${room} has no row in the table`)
  return rule
}

function problemWith(room: string, rule: Room, target: string, typeOnly: boolean): string | undefined {
  const targetRoom = roomOf(target)
  // What lies outside every room (package.json, a page, a playbook) is data, not a room's code.
  if (targetRoom === undefined || targetRoom === room) return undefined
  if (targetRoom === 'main') return `${room} may not import main; nobody does`
  if (covers(rule.rooms, target, targetRoom)) return undefined
  if (!covers(rule.types ?? [], target, targetRoom)) return `${room} may not import ${targetRoom}`
  return typeOnly ? undefined : `${room} may import only types from ${targetRoom}: write \`import type\``
}

function covers(list: readonly string[], target: string, targetRoom: string): boolean {
  return list.some(
    (entry) =>
      entry === '*' ||
      entry === targetRoom ||
      entry === target ||
      (entry.endsWith('/') && target.startsWith(entry)),
  )
}

function mayUse(rule: Room, specifier: string, typeOnly: boolean): boolean {
  if (rule.packages === 'any') return true
  const allowed = typeOnly ? [...rule.packages, ...(rule.packageTypes ?? [])] : rule.packages
  return allowed.some((name) => specifier === name || specifier.startsWith(`${name}/`))
}
