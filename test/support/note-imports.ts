import { registerHooks } from 'node:module'

/** Loaded before a program: names on standard error each library of a chat, a cluster or Docker that it imports. */
registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context)
    const library =
      /node_modules\/(@slack\/[\w-]+|@discordjs\/[\w-]+|discord[\w.-]*|@kubernetes\/[\w-]+|dockerode)\//.exec(
        found.url,
      )?.[1]
    if (library !== undefined) process.stderr.write(`imported ${library}\n`)
    return found
  },
})
