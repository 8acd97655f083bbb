export interface XmlNode {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlNode[]
  text: string
}

// XML 1.0, Char production: what a document may hold at all.
const notXml = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Reads the XML that reporters write. @throws Error where it is not well-formed */
export function parseXml(xml: string): XmlNode {
  const forbidden = notXml.exec(xml)
  if (forbidden !== null) throw new Error(`a character XML cannot hold: ${JSON.stringify(forbidden[0])}`)
  const declaration = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(xml)
  if (declaration === null) throw new Error('no XML declaration')
  const root: XmlNode = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const token = /<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
  token.lastIndex = declaration[0].length
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex
    const match = token.exec(xml)
    if (match === null) throw new Error(`not well-formed at ${at}: ${xml.slice(at, at + 60)}`)
    const [, slash, name, attributes, empty, text] = match
    const parent = open.at(-1)!
    if (text !== undefined) parent.text += unescaped(text)
    else if (slash === '/') {
      if (parent.name !== name) throw new Error(`</${name}> closes <${parent.name}>`)
      open.pop()
    } else {
      const node: XmlNode = { name: name!, attributes: attributesOf(attributes!), children: [], text: '' }
      parent.children.push(node)
      if (empty !== '/') open.push(node)
    }
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)!.name}> is never closed`)
  if (root.children.length !== 1 || root.text.trim() !== '') throw new Error('not exactly one root element')
  return root.children[0]!
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, name, value] of text.matchAll(/([\w-]+)="([^"]*)"/g)) {
    if (name! in found) throw new Error(`attribute ${name} twice`)
    // A parser makes spaces of raw white space in attributes.
    found[name!] = unescaped(value!.replace(/[\t\n\r]/g, ' '))
  }
  return found
}

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));|&/g, (whole, code?: string, name?: string) => {
    if (code !== undefined) return String.fromCodePoint(Number(code))
    const entity = name === undefined ? undefined : entities[name]
    if (entity === undefined) throw new Error(`not an entity: ${whole}`)
    return entity
  })
}
