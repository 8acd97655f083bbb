/** What `saeol-chaos.config.ts` may set: options of the command line, which count for more, by their names there. */
export interface Config {
  /** The directory of the scenarios. */
  readonly scenarios?: string
  /** Which scenarios run where none is named. Default: the `gate` of the scenarios' index. */
  readonly gate?: readonly string[]
  /** Where runs are kept. */
  readonly out?: string
  /** How many runs are kept there. */
  readonly keepRuns?: number
  /** As `--reporter` takes them: `['console', 'junit=build/junit.xml']`. */
  readonly reporters?: readonly string[]
  readonly lang?: 'en' | 'ko'
  readonly seed?: string
  readonly runtime?: 'auto' | 'processes' | 'containers'
  readonly toxiproxy?: 'embedded' | 'path'
  readonly driver?: string
  readonly parallel?: number | 'auto'
  readonly retryInconclusive?: number
  /** The file of `--baseline`. */
  readonly baseline?: string
}

/**
 * The settings of a project, as the default export of `saeol-chaos.config.ts` in its directory. What is typed counts for
 * more, and so does what the environment says.
 * @example export default defineConfig({ scenarios: 'test/chaos', keepRuns: 20, reporters: ['console', 'junit=build/junit.xml'] })
 */
export function defineConfig(config: Config): Config {
  return config
}
