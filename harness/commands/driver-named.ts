import { BadInput } from '../errors.ts'
import type { LoadDriver } from '../load/driver.ts'
import { drivers } from '../load/drivers.ts'
import { mustKnow } from './options.ts'

/** The load driver of `--driver`. @throws BadInput where there is none of the name, or this machine lacks what it needs */
export async function driverNamed(name: string): Promise<LoadDriver> {
  mustKnow(
    'driver',
    [name],
    drivers.map((driver) => driver.name),
  )
  const driver = drivers.find((one) => one.name === name)!
  const lacking = await driver.missing?.()
  if (lacking !== undefined) throw new BadInput([lacking])
  return driver
}
