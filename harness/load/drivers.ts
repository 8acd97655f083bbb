import { builtinDriver } from './builtin/driver.ts'
import type { LoadDriver } from './driver.ts'
import { k6Driver } from './k6/driver.ts'

/** Every load driver, by the name `--driver` knows it by. */
export const drivers: readonly LoadDriver[] = [builtinDriver, k6Driver]
