const inBraces = /\{([a-z]+)\}/gi

/**
 * Puts values in the place of their names in braces; other braces stay as they are.
 * @example filled('--port={port}', { port: 8080 }) // '--port=8080'
 */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(inBraces, (whole, name: string) => String(values[name] ?? whole))
}

/** Names in braces: `--port={port}` has `port`. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(inBraces)].map(([, name]) => name!)
}
