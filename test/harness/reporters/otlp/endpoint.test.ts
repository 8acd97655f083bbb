import { describe, expect, it } from 'vitest'
import { readEndpoint } from '../../../../harness/reporters/otlp/endpoint.ts'

const base = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }
const read = (env: Readonly<Record<string, string>>) => {
  const { endpoint, problems } = readEndpoint(env)
  expect(problems).toEqual([])
  return endpoint
}

describe('the endpoint is read as OpenTelemetry’s exporters read it', () => {
  it('none where none is named', () => {
    expect(read({})).toBeUndefined()
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ', OTEL_EXPORTER_OTLP_HEADERS: 'a=b' })).toBeUndefined()
  })

  it.each([
    [base, 'http://collector:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector/otlp/' }, 'https://collector/otlp/v1/traces'],
    [
      { ...base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://tempo:3200/in?org=1' },
      'http://tempo:3200/in?org=1',
    ],
    [{ ...base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '' }, 'http://collector:4318/v1/traces'],
  ])('%j: %s', (env, url) => {
    expect(read(env)).toEqual({ url, headers: {}, timeoutMs: 10_000 })
  })

  it('with its headers and its time, those of traces before those of all', () => {
    const all = {
      ...base,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20key, x-team = counter ,',
      OTEL_EXPORTER_OTLP_TIMEOUT: '2500',
    }
    expect(read(all)).toMatchObject({ headers: { 'api-key': 'a key', 'x-team': 'counter' }, timeoutMs: 2500 })
    const traces = {
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=Basic a=b',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '9',
    }
    expect(read({ ...all, ...traces })).toMatchObject({
      headers: { authorization: 'Basic a=b' },
      timeoutMs: 9,
    })
  })
})

describe('what is wrong with it is told, and no secret is', () => {
  it.each([
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
      /^OTEL_EXPORTER_OTLP_ENDPOINT is no URL of OTLP over HTTP/,
    ],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'traces' }, /^OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is no URL/],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:secret@collector' },
      /has a user in it.*OTEL_EXPORTER_OTLP_HEADERS$/,
    ],
    [{ ...base, OTEL_EXPORTER_OTLP_HEADERS: 'secret' }, /^OTEL_EXPORTER_OTLP_HEADERS is to be name=value/],
    [{ ...base, OTEL_EXPORTER_OTLP_HEADERS: 'a=%secret' }, /^OTEL_EXPORTER_OTLP_HEADERS is to be name=value/],
    [
      { ...base, OTEL_EXPORTER_OTLP_HEADERS: 'a b=secret' },
      /^OTEL_EXPORTER_OTLP_HEADERS is to be name=value/,
    ],
    [{ ...base, OTEL_EXPORTER_OTLP_TIMEOUT: '10s' }, /^OTEL_EXPORTER_OTLP_TIMEOUT=10s is to be a time in ms/],
  ])('%j', (env, problem) => {
    const { endpoint, problems } = readEndpoint(env)
    expect(endpoint).toBeUndefined()
    expect(problems).toEqual([expect.stringMatching(problem)])
    expect(problems.join()).not.toContain('secret')
  })
})
