import { gpkiStall } from './17-nov-gpki-stall.ts'
import { overload } from './22-nov-overload.ts'

/** Every scenario; a new one is one file and one line here. */
export const scenarios = [gpkiStall, overload]

/** What `run` takes when none is named: the gate of a merge. */
export const gate = scenarios.map(({ name }) => name)
