/** How every cluster is made: without a password, for nobody outside of its topology reaches it. */
export const clusterRecipe = ['--locale=C', '--encoding=UTF8', '--no-sync', '--wal-segsize=1'] as const

/** Settings of every PostgreSQL server, in every runtime. */
export const clusterSettings = {
  max_connections: '200',
  shared_buffers: '32MB',
  // The cluster lives as long as one arm: it must survive a killed client, not a power cut.
  fsync: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  jit: 'off',
  log_timezone: 'UTC',
} as const

/** Settings as arguments of `postgres`. */
export function settingArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** `PGSSLMODE`, `PGOPTIONS`, …: what clients of PostgreSQL, and the server too, take from the environment. */
const settingVariable = /^PG[A-Z]+$/

/** The variables of a developer's own databases say nothing about ours. */
export function withoutPostgresSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !settingVariable.test(name)))
}

/** Likewise for the clients in this very process: whoever asks a database that was started here, ledgers for one. */
export function forgetPostgresSettings(env: NodeJS.ProcessEnv = process.env): void {
  for (const name of Object.keys(env)) if (settingVariable.test(name)) delete env[name]
}
