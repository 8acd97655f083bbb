import type { HttpAnswer } from '../model/journey.ts'

// What both drivers' HTTP clients hand to a journey, made alike. Runs within k6 too, so it imports nothing from Node.

/** @param header finds a header by its name in lower case */
export function heard(
  status: number,
  text: string,
  header: (lowerCaseName: string) => string | undefined,
): HttpAnswer {
  return {
    status,
    header: (name) => header(name.toLowerCase()),
    json<T>() {
      try {
        return JSON.parse(text) as T
      } catch {
        return undefined
      }
    },
  }
}

/** @param error why there was no answer, in a word that both drivers use */
export function silence(error: string): HttpAnswer {
  return { status: 0, error, header: () => undefined, json: () => undefined }
}
