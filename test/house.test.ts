/** Small files with small functions in them: what a reader can hold in their head. Layers are `.dependency-cruiser.cjs`'s. */
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const folders = [
  'harness',
  'services',
  'scenarios',
  'packages/*/src',
  'packages/*/test',
  'packages/*/bench',
  'bench',
  'test',
]
const files = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root })).sort()

const mostLinesOfFile = 300
/** Of its own: functions within it count by themselves, so that a factory of small functions is small. */
const mostLinesOfFunction = 60

function parsed(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(resolve(root, file), 'utf8'), ts.ScriptTarget.Latest, true)
}

function linesOf(node: ts.Node, source: ts.SourceFile): number {
  const at = (place: number): number => source.getLineAndCharacterOfPosition(place).line
  return at(node.end) - at(node.getStart(source)) + 1
}

function bodyOf(node: ts.Node): ts.Node | undefined {
  return ts.isFunctionLike(node) && 'body' in node ? (node.body as ts.Node | undefined) : undefined
}

/** Every function of a file with its own lines. */
function functionsOf(source: ts.SourceFile): { name: string; lines: number }[] {
  const found: { name: string; lines: number }[] = []
  const within = (node: ts.Node): number => {
    let lines = 0
    node.forEachChild((child) => {
      const body = bodyOf(child)
      lines += body === undefined ? within(child) : linesOf(body, source) - 1
    })
    return lines
  }
  const visit = (node: ts.Node): void => {
    const body = bodyOf(node)
    if (body !== undefined) {
      const name = (node as ts.FunctionDeclaration).name?.getText(source) ?? 'a function without a name'
      found.push({ name, lines: linesOf(body, source) - within(body) })
    }
    node.forEachChild(visit)
  }
  visit(source)
  return found
}

it('looks at every folder of the house', () => {
  expect(files.length).toBeGreaterThan(300)
})

it(`has no file over ${mostLinesOfFile} lines`, () => {
  const long = files
    .map((file) => ({ file, lines: readFileSync(resolve(root, file), 'utf8').trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > mostLinesOfFile)
  expect(long).toEqual([])
})

it(`has no function over ${mostLinesOfFunction} lines of its own`, () => {
  const long = files.flatMap((file) =>
    functionsOf(parsed(file))
      .filter(({ lines }) => lines > mostLinesOfFunction)
      .map((one) => ({ file, ...one })),
  )
  expect(long).toEqual([])
})

it('counts a function’s own lines', () => {
  const text = `function outer() {\n  one()\n  const inner = () => {\n    two()\n    three()\n  }\n  return inner\n}`
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true)
  expect(functionsOf(source)).toEqual([
    { name: 'outer', lines: 5 },
    { name: 'a function without a name', lines: 4 },
  ])
})
