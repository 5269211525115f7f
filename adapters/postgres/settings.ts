/**
 * The server's settings, passed on the command line: they are Suture's and change with its version, so they do not
 * belong into the postgresql.conf of a cluster made by an earlier one.
 */
export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  // Loopback only, and no socket file: its path would have to fit into 107 bytes.
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  // An acknowledged alert survives a power cut. These are the defaults; stated, so that no conf file weakens them.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // A Suture under full load may open 45: three pools and three queues of up to ten each. The rest is for its command line and psql.
  max_connections: '120',
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  huge_pages: 'off',
  // Without I/O workers and the replication launcher: four processes fewer on a small machine.
  io_method: 'sync',
  max_logical_replication_workers: '0',
  // Short queries only: compiling one costs more than running it.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
}

/** Nothing of ours: PGPORT and its like would override settings, and messages are read in English. */
export const SERVER_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
}
