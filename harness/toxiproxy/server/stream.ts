/** `upstream` is what the client sends, `downstream` what it receives. */
export type Stream = 'upstream' | 'downstream'
export const streams: readonly Stream[] = ['upstream', 'downstream']
