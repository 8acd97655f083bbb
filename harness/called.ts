/**
 * The command line that the reader would type: the npm script that was just used, else the name of the package.
 * @example `called('clean')` is `npm run chaos -- clean`, or `npx saeol-chaos clean`
 */
export function called(args = '', environment: NodeJS.ProcessEnv = process.env): string {
  const { npm_lifecycle_event: script, npm_lifecycle_script: command = '' } = environment
  // A script with arguments of its own cannot take ours. Under npx the script's name is meaningless.
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
