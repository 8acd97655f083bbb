/** Whom a document is about, as a certificate and a receipt say it alike. */
export interface Document {
  /** Of a receipt, with its number the name of its record. */
  readonly office?: string
  readonly number?: string
  readonly residentId?: string
  readonly kind?: string
  /** The register's data, in a certificate. */
  readonly document?: { readonly id?: string }
}

/** Whether what the portal, a kiosk or the call centre gives is about this resident, in all that it says. */
export function isAbout(given: Document | undefined, residentId: string): boolean {
  return given?.residentId === residentId && given.document?.id === residentId
}

/** The outcome of a visit that was given somebody else's document, or another than was asked for (F15). */
export const anothersDocument = 'anothers-document'

/** Reads what is handed over: requester and subject are the same on each document, and it is what was asked for. */
export function isWhatWasAsked(
  given: Document | undefined,
  asked: { readonly residentId: string; readonly kind: string },
): boolean {
  if (given === undefined || given.residentId !== asked.residentId || given.kind !== asked.kind) return false
  return given.document === undefined || given.document.id === asked.residentId
}
