/** An error the API answers with, worded and numbered as Toxiproxy 2.12.0 does. */
export class ApiError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export const badRequestBody = (detail: string) => new ApiError(400, `bad request body: ${detail}`)
export const missingField = (field: string) => new ApiError(400, `missing required field: ${field}`)
export const invalidStream = () =>
  new ApiError(400, 'stream was invalid, can be either upstream or downstream')
export const invalidToxicType = () => new ApiError(400, 'invalid toxic type')
export const proxyNotFound = () => new ApiError(404, 'proxy not found')
export const toxicNotFound = () => new ApiError(404, 'toxic not found')
export const proxyExists = () => new ApiError(409, 'proxy already exists')
export const toxicExists = () => new ApiError(409, 'toxic already exists')
export const bodyTooLarge = (limitBytes: number) =>
  new ApiError(413, `request body larger than ${limitBytes} bytes`)
