/** How every cluster is made: without a password, for nobody outside of its topology reaches it. */
export const clusterRecipe = ['--locale=C', '--encoding=UTF8', '--no-sync', '--wal-segsize=1'] as const

/** Settings of every PostgreSQL server, wherever it runs. */
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
