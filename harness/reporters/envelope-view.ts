import type { ArmEnvelope, BreakingPoint, Envelope, Tried } from '../model/envelope.ts'
import { count } from '../model/words.ts'
import type { Paint } from './terminal/paint.ts'

type Type = Envelope['type']

/** A knob's value as it is typed: `150/s`, `500ms`, `8`. */
export function typed(value: number, type: Type): string {
  return type === 'rate' ? `${value}/s` : type === 'duration' ? `${value}ms` : String(value)
}

/** One line as each value was tried, for a person who waits. */
export function triedLine(
  { knob, type }: Pick<Envelope, 'knob' | 'type'>,
  arm: ArmEnvelope['arm'],
  tried: Tried,
): string {
  return `${arm}, ${knob}=${typed(tried.value, type)}: ${inWords(tried)}`
}

function inWords({ held, deviated, isVoid }: Tried): string {
  if (isVoid !== undefined) return `does not count: ${isVoid}`
  const of = count(deviated.length + held.length, 'service level')
  if (deviated.length > 0)
    return `${deviated.length} of ${of} ${deviated.length === 1 ? 'deviates' : 'deviate'}`
  return held.length === 0 ? 'undecided' : 'holds'
}

const where = { treated: 'with the measures', untreated: 'without' } as const

/** Where each arm breaks, and which service level first. */
export function envelopeView(
  envelope: Envelope,
  worse: readonly string[],
  file: string,
  paint: Paint,
): string {
  const { scenario, knob, type, seed, arms } = envelope
  return `${[
    `${scenario}  how far it holds, by ${knob}, seed ${seed}`,
    ...arms.flatMap((arm) => armLines(arm, type, paint)),
    ...worse.map((said) => paint.red(`✗ worse than what was kept: ${said}`)),
    `all of it: ${file}`,
  ].join('\n')}\n`
}

function armLines(arm: ArmEnvelope, type: Type, paint: Paint): string[] {
  const notCounted = arm.tried.filter(({ isVoid }) => isVoid !== undefined)
  return [
    '',
    `${where[arm.arm]}: ${pointInWords(arm, type)}  ${paint.dim(`${count(arm.tried.length, 'value')} tried`)}`,
    ...arm.checks.map((check) => `  ${check.check}: ${pointInWords(check, type)}`),
    ...notCounted.map((one) => paint.yellow(`  ${typed(one.value, type)} ${inWords(one)}`)),
  ]
}

function pointInWords(
  { holdsTo, deviatesFrom }: Pick<BreakingPoint, 'holdsTo' | 'deviatesFrom'>,
  type: Type,
): string {
  const [to, from] = [holdsTo, deviatesFrom].map((value) => (value === null ? null : typed(value, type)))
  if (to !== null && from !== null) return `breaks between ${to} and ${from}`
  if (to !== null) return `holds to ${to}, not seen to break`
  return from === null ? 'nothing could be decided' : `breaks at ${from} already, not seen to hold`
}
