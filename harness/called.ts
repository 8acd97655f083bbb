/**
 * How whoever reads our words calls this program: by the npm script that has just been used, else by its name as a
 * package. `called('clean')` is `npm run chaos -- clean` or `npx saeol-chaos clean`.
 */
export function called(args = '', environment: NodeJS.ProcessEnv = process.env): string {
  const { npm_lifecycle_event: script, npm_lifecycle_script: command = '' } = environment
  // A script that adds arguments of its own takes no others; of npx the name says nothing.
  const byScript = script !== undefined && script !== 'npx' && /\bsaeol-chaos(\.js)?$/.test(command)
  if (!byScript) return `npx saeol-chaos ${args}`.trimEnd()
  return args === '' ? `npm run ${script}` : `npm run ${script} -- ${args}`
}

/** Calls and what each is for, as a help text shows them. */
export function examples(...rows: readonly (readonly [args: string, what?: string])[]): string {
  const calls = rows.map(([args]) => called(args))
  const width = Math.max(...calls.map((call) => call.length)) + 3
  const lines = rows.map(([, what = ''], i) => `  ${calls[i]!.padEnd(width)}${what}`.trimEnd())
  return `\nExamples:\n${lines.join('\n')}`
}
