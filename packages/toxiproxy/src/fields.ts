/** The kinds of values that a JSON object of the API, or a toxic, may have. */
export interface Kinds {
  string: string
  boolean: boolean
  integer: number
  float: number
  object: unknown
  list: readonly unknown[]
}
export type Shape = Readonly<Record<string, keyof Kinds>>
export type Fields<S extends Shape> = { -readonly [K in keyof S]: Kinds[S[K]] }
