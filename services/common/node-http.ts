/**
 * Node's HTTP client without what an import of `node:http` brings along: as an ES module it loads all it can reach,
 * fetch and WebSocket included, for some 60 ms of CPU at every start of a service.
 */
export const { Agent, request, get } = process.getBuiltinModule('node:http')
