import { extname } from 'node:path'

/**
 * URL of another module of the same project, named by its source and seen from the module at `from`:
 * `moduleUrl(import.meta.url, './main.ts')`. It ends as the module at `from` does: `.ts` in a checkout, `.js` in a built
 * package, for a compiler rewrites what is imported and no strings.
 */
export function moduleUrl(from: string, source: `${string}.ts`): string {
  return new URL(source.replace(/\.ts$/, extname(new URL(from).pathname)), from).href
}
