import type { ToxicTypes, ToxicValues, ToxicWanted } from '../toxic-chain.ts'
import type { Attributes, ToxicType } from '../toxics/toxic.ts'
import { badRequestBody, invalidStream, invalidToxicType, toxicExists } from './errors.ts'
import { readFields } from './json.ts'

const TOXIC_BODY = {
  name: 'string',
  type: 'string',
  stream: 'string',
  toxicity: 'float',
  attributes: 'object',
} as const
const UPDATE_BODY = { toxicity: 'float', attributes: 'object' } as const

/**
 * A toxic to be added. What is wrong is looked for in upstream's order.
 * @param taken whether its proxy has a toxic of this name already
 * @throws ApiError 400 or 409
 */
export function readToxic(body: unknown, types: ToxicTypes, taken: (name: string) => boolean): ToxicWanted {
  const fields = readFields(body, TOXIC_BODY)
  const streamSpelt = fields.stream ?? 'downstream'
  const stream = streamSpelt.toLowerCase()
  if (stream !== 'upstream' && stream !== 'downstream') throw invalidStream()
  const type = types.get(fields.type ?? '')
  if (type === undefined) throw invalidToxicType()
  const name = fields.name || `${type.type}_${streamSpelt}`
  if (taken(name)) throw toxicExists()
  const attributes = completed(type, readFields(fields.attributes ?? null, type.attributes))
  return { type, name, stream, streamSpelt, toxicity: fields.toxicity ?? 1, attributes }
}

/** What a toxic will be once a change of it is made. @throws ApiError 400 */
export function readToxicChange(
  body: unknown,
  { type, toxicity, attributes }: ToxicValues & { readonly type: ToxicType },
): ToxicValues {
  const fields = readFields(body, UPDATE_BODY)
  const changed = readFields(fields.attributes ?? null, type.attributes)
  return {
    toxicity: fields.toxicity ?? toxicity,
    attributes: completed(type, { ...attributes, ...changed }),
  }
}

function completed(type: ToxicType, given: Partial<Attributes>): Attributes {
  const attributes: Attributes = {}
  for (const [name, kind] of Object.entries(type.attributes)) {
    attributes[name] = given[name] ?? type.defaults?.[name] ?? (kind === 'string' ? '' : 0)
  }
  const wrong = type.refuse?.(attributes)
  if (wrong !== undefined) throw badRequestBody(wrong)
  return attributes
}
