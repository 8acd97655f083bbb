import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { messageOf } from '../../errors.ts'
import { findExecutable } from '../../executable.ts'
import { images } from '../../images.ts'

const run = promisify(execFile)

/** A k6 that can be run here: a binary, or its image under a container engine. */
export type K6 =
  | { readonly by: 'binary'; readonly command: string; readonly said: string }
  | { readonly by: 'image'; readonly command: string; readonly image: string; readonly said: string }

/** The first release with TypeScript and WebCrypto built in. */
const oldest = 1

export type Found = { readonly k6: K6 } | { readonly missing: string }

/** Where k6 is: on PATH, else as an image that is here already. `missing` says what to do. */
export async function findK6(): Promise<Found> {
  return findExecutable('k6') === undefined ? findImage() : findBinary()
}

/** The `k6` on PATH. */
export async function findBinary(): Promise<Found> {
  const path = findExecutable('k6')
  if (path === undefined) return { missing: `there is no 'k6' on PATH; ${remedy}` }
  const said = await run(path, ['version'], { timeout: 10_000 }).then(
    ({ stdout }) => stdout.trim().split('\n')[0]!,
    (error: unknown) => `it does not say its version (${messageOf(error).split('\n')[0]})`,
  )
  const major = /\bk6(?:\.exe)? v(\d+)\./.exec(said)?.[1]
  if (major === undefined || Number(major) < oldest)
    return { missing: `${path} is not k6 ${oldest}.0 or later: ${said}; ${remedy}` }
  return { k6: { by: 'binary', command: path, said: `${said.replace(/ \(.*/, '')} (${path})` } }
}

/** The image, where a container engine has it already: nothing is pulled in the middle of a run. */
export async function findImage(): Promise<Found> {
  const image = images.k6
  const docker = findExecutable('docker')
  if (docker === undefined)
    return { missing: `there is neither 'k6' on PATH nor a container engine; ${remedy}` }
  try {
    await run(docker, ['image', 'inspect', image], { timeout: 10_000 })
    return { k6: { by: 'image', command: docker, image, said: `${image}, as a container` } }
  } catch (error) {
    const engineOff = /daemon|permission denied|connect/i.test(String((error as { stderr?: string }).stderr))
    const why = engineOff ? 'the container engine does not answer' : `the image ${image} is not here`
    return { missing: `there is no 'k6' on PATH, and ${why}; ${remedy}` }
  }
}

const remedy = `install k6 1.8 (https://grafana.com/docs/k6/latest/set-up/install-k6/), or 'docker pull ${images.k6}'`
