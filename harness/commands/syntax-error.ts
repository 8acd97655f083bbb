import { spawnSync } from 'node:child_process'

/**
 * Where a module cannot be parsed: file, line, the line itself and a caret, then what was expected. Node tells it before
 * the stack of an error in TypeScript; in JavaScript only where it parses a file by itself.
 * @param entry the file that was loaded
 * @returns undefined for any other error
 */
export function syntaxErrorWords(error: unknown, entry: string): string | undefined {
  if (!(error instanceof SyntaxError)) return undefined
  const stack = error.stack ?? ''
  const frame = stack.slice(0, Math.max(0, stack.indexOf('\n\nSyntaxError')))
  if (frame !== '') return `${error.message}\n${frame}`
  const { stderr } = spawnSync(process.execPath, ['--check', entry], { encoding: 'utf8' })
  const [checked] = stderr.split('\n\nSyntaxError')
  return checked === undefined || checked === '' ? undefined : `${error.message}\n${checked}`
}
