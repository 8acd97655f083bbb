/**
 * The one text of a JSON value: keys in code-unit order, no spaces. What is signed or hashed must not depend on
 * the order in which a sender, or jsonb, keeps the keys.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  })
}
