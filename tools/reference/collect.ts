/** The declarations that a scenario, a journey or a system definition may use, out of the sources. */
import { relative, resolve } from 'node:path'
import ts from 'typescript'

const root = resolve(import.meta.dirname, '../..')
const entry = resolve(root, 'harness/index.ts')

/** Declarations by the folder of `harness/` that what is exported stands in. */
type ByFolder = ReadonlyMap<string, readonly string[]>

/**
 * What `harness/index.ts` exports and each type that these mention, as TypeScript without bodies. A type stands with what
 * mentions it first.
 */
export function collectDeclarations(): ByFolder {
  const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram([entry], { ...options, noEmit: true })
  const checker = program.getTypeChecker()
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!
  const seen = new Set<ts.Node>()
  const byFolder = new Map<string, string[]>()

  function tell(told: string[], node: ts.Node, name: string): void {
    if (seen.has(node)) return
    seen.add(node)
    const text = textOf(node, name)
    if (text === undefined) return
    told.push(text)
    for (const mentioned of mentionedIn(node, checker)) tell(told, mentioned.node, mentioned.name)
  }

  const declared = checker.getExportsOfModule(module).flatMap((exported) => {
    const target = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    return (target.declarations ?? []).map((node) => ({ node, name: exported.name, folder: folderOf(node) }))
  })
  // The vocabulary first, so that what others mention of it stands there.
  for (const { node, name, folder } of declared.toSorted((a, b) => rank(a.folder) - rank(b.folder))) {
    const told = byFolder.get(folder) ?? []
    byFolder.set(folder, told)
    tell(told, node, name)
  }
  return byFolder
}

function folderOf(node: ts.Node): string {
  return relative(root, node.getSourceFile().fileName).split('/')[1] ?? ''
}

function rank(folder: string): number {
  return folder === 'model' ? 0 : 1
}

function textOf(node: ts.Node, name: string): string | undefined {
  const source = node.getSourceFile()
  const doc = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.getText(source)
  const said = (code: string) => [doc, code.trim()].filter(Boolean).join('\n')
  if (ts.isFunctionDeclaration(node)) {
    const end = node.body?.getStart(source) ?? node.end
    const code = source.text.slice(node.getStart(source), end).replace(/^export /, '')
    return said(code.replace(/^function \w+/, `function ${name}`))
  }
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
    return said(source.text.slice(node.getStart(source), node.end).replace(/^export /, ''))
  if (ts.isVariableDeclaration(node)) {
    const code = source.text.slice(node.getStart(source), node.end)
    return `const ${code.length > 300 ? name : code}`
  }
  return undefined
}

/** Types of this project that a declaration names, bodies left out. */
function mentionedIn(node: ts.Node, checker: ts.TypeChecker): { node: ts.Node; name: string }[] {
  const found: { node: ts.Node; name: string }[] = []
  const visit = (child: ts.Node): void => {
    if (ts.isBlock(child)) return
    const named = ts.isTypeReferenceNode(child)
      ? child.typeName
      : ts.isExpressionWithTypeArguments(child)
        ? child.expression
        : undefined
    const symbol = named && checker.getSymbolAtLocation(named)
    if (symbol !== undefined) {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      for (const declared of target.declarations ?? [])
        if (isOurs(declared)) found.push({ node: declared, name: target.name })
    }
    ts.forEachChild(child, visit)
  }
  ts.forEachChild(node, visit)
  return found
}

function isOurs(node: ts.Node): boolean {
  const path = relative(root, node.getSourceFile().fileName)
  return path.startsWith('harness/')
}
