import { createHash } from 'node:crypto'
import { relative } from 'node:path'
import ts from 'typescript'
import { programOf } from './program.ts'
import { chainOf, fieldsOf } from './state-types.ts'

/** What a module saves: its version, and a hash of the type of all that is in it. */
export interface SectionShape {
  readonly version: number
  readonly shape: string
}

const VERSION = 'stateVersion'
const NUMBERS = /^(Big)?(Int|Uint|Float)\d+(Clamped)?Array$/

/** Types written out down to their primitives, the same whatever their parts are called. */
class TypeText {
  readonly #checker: ts.TypeChecker
  readonly #open: ts.Type[] = []

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  of(type: ts.Type): string {
    if (type.isUnion()) return [...new Set(type.types.map((one) => this.of(one)))].sort().join('|')
    if ((type.flags & ts.TypeFlags.Object) === 0) return this.#checker.typeToString(type)
    const name = type.getSymbol()?.name ?? ''
    if (NUMBERS.test(name)) return name
    const above = this.#open.lastIndexOf(type)
    if (above >= 0) return `^${this.#open.length - above}`
    this.#open.push(type)
    const text = this.#ofObject(type, name)
    this.#open.pop()
    return text
  }

  #ofObject(type: ts.Type, name: string): string {
    if (this.#checker.isTupleType(type) || /^(Readonly)?(Array|Map|Set)$/.test(name)) {
      const inner = this.#checker.getTypeArguments(type as ts.TypeReference).map((one) => this.of(one))
      return `${name.replace('Readonly', '')}[${inner.join(',')}]`
    }
    const index = this.#checker
      .getIndexInfosOfType(type)
      .map((info) => `[${this.of(info.keyType)}]:${this.of(info.type)}`)
    const properties = type
      .getProperties()
      .map((one) => `${one.name}:${this.of(this.#checker.getTypeOfSymbol(one))}`)
    return `{${[...index, ...properties].sort().join(';')}}`
  }
}

/**
 * Every module of a snapshot that says its version: classes with `stateVersion`, objects with it, and what is given to
 * `section`. By file and name.
 */
export function sectionShapes(
  files: readonly string[],
  root: string,
  sources: ReadonlyMap<string, string> = new Map(),
): Readonly<Record<string, SectionShape>> {
  const program = programOf(files, sources)
  const checker = program.getTypeChecker()
  const found: Record<string, SectionShape> = {}

  const add = (node: ts.Node, name: string, version: number | undefined, owner: ts.Type): void => {
    const save = owner.getProperty('save')
    const [signature] = save ? checker.getTypeOfSymbol(save).getCallSignatures() : []
    if (version === undefined || !signature) return
    const text = new TypeText(checker).of(signature.getReturnType())
    const shape = createHash('sha256').update(text).digest('hex').slice(0, 16)
    found[`${relative(root, node.getSourceFile().fileName)} ${name}`] = { version, shape }
  }

  const visit = (node: ts.Node): void => {
    if (ts.isClassDeclaration(node) && node.name) {
      const version = chainOf(checker, node)
        .map(versionOfClass)
        .find((one) => one !== undefined)
      add(node, node.name.text, version, checker.getTypeAtLocation(node))
    } else if (ts.isObjectLiteralExpression(node))
      add(node, nameAbove(node), versionOfObject(node), checker.getTypeAtLocation(node))
    else if (ts.isCallExpression(node) && node.expression.getText() === 'section' && node.arguments[0])
      add(node, nameAbove(node), versionAround(node), checker.getTypeAtLocation(node.arguments[0]))
    ts.forEachChild(node, visit)
  }
  for (const file of [...files, ...sources.keys()]) {
    const source = program.getSourceFile(file)
    if (source) visit(source)
  }
  return found
}

const versionOfClass = (node: ts.ClassLikeDeclaration): number | undefined =>
  numberOf(fieldsOf(node).find(({ name }) => name.getText() === VERSION)?.initializer)

const versionOfObject = (node: ts.ObjectLiteralExpression): number | undefined =>
  node.properties
    .filter((one) => ts.isPropertyAssignment(one))
    .filter(({ name }) => name.getText() === VERSION)
    .map(({ initializer }) => numberOf(initializer))[0]

/** `section` makes it the first, unless an object around the call says otherwise. */
const versionAround = (call: ts.CallExpression): number => {
  const object = ts.isSpreadAssignment(call.parent) ? call.parent.parent : undefined
  return (object && versionOfObject(object)) ?? 1
}

const numberOf = (node: ts.Expression | undefined): number | undefined =>
  node && ts.isNumericLiteral(node) ? Number(node.text) : undefined

/** What is before it in a list of names and sections, or what it is assigned to. */
function nameAbove(node: ts.Node): string {
  for (let at = node; !ts.isSourceFile(at); at = at.parent) {
    const around = at.parent
    if (ts.isArrayLiteralExpression(around) && around.elements[1] === at)
      return around.elements[0]?.getText() ?? ''
    if (ts.isPropertyAssignment(around)) return around.name.getText()
    if (ts.isVariableDeclaration(around)) return around.name.getText()
  }
  return ''
}
