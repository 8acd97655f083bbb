/** `upstream` is what the client sends, `downstream` what it receives. */
export type Stream = 'upstream' | 'downstream'
export const streams: readonly Stream[] = ['upstream', 'downstream']

/**
 * How a stream ends. `eof`: its sender closed its side. `close`: a toxic cut it, or its sender is gone; both sockets
 * close. `reset`: both sockets are reset.
 */
export type Ending = 'eof' | 'close' | 'reset'
