import ts from 'typescript'

const CONTAINERS =
  /^(Array|Map|Set|WeakMap|WeakSet|DataView|ArrayBuffer|SharedArrayBuffer|Date|(Big)?(Int|Uint|Float)\d+(Clamped)?Array)$/
const READ_ONLY_CONTAINERS = /^(ReadonlyArray|ReadonlyMap|ReadonlySet)$/
/** Of types that the compiler makes out of others; it has no public name. */
const CHECK_FLAG_READONLY = 8

export const hasModifier = (node: ts.Node, kind: ts.SyntaxKind): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind)

const docOf = (node: ts.Node): string => {
  const before = node.getSourceFile().text.slice(node.getFullStart(), node.getStart())
  const [newest = ''] = (before.match(/\/\*\*[^]*?\*\//g) ?? []).slice(-1)
  return newest.replaceAll(/\s*\n\s*\*\s?/g, ' ')
}

/** Its doc comment says that it is not saved, and why. */
export const isExcused = (node: ts.Node): boolean => /Not saved: \w/.test(docOf(node))

/** The doc comment of a class says that another one saves what it holds. */
const isSavedByOther = (node: ts.Node): boolean => /Saved by \w/.test(docOf(node))

export type Field = ts.PropertyDeclaration | ts.ParameterDeclaration

export const fieldsOf = (node: ts.ClassLikeDeclaration): readonly Field[] =>
  node.members.flatMap((member): Field[] => {
    if (ts.isPropertyDeclaration(member)) {
      const isOther = [ts.SyntaxKind.AbstractKeyword, ts.SyntaxKind.DeclareKeyword].some((kind) =>
        hasModifier(member, kind),
      )
      return isOther ? [] : [member]
    }
    if (!ts.isConstructorDeclaration(member)) return []
    return member.parameters.filter((parameter) => ts.isParameterPropertyDeclaration(parameter, member))
  })

const baseOf = (
  checker: ts.TypeChecker,
  node: ts.ClassLikeDeclaration,
): ts.ClassLikeDeclaration | undefined => {
  const [clause] = (node.heritageClauses ?? []).filter(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
  const [extended] = clause?.types ?? []
  return extended && classOf(checker.getTypeAtLocation(extended))
}

/** A class and those that it extends. */
export const chainOf = (
  checker: ts.TypeChecker,
  node: ts.ClassLikeDeclaration,
): readonly ts.ClassLikeDeclaration[] => {
  const base = baseOf(checker, node)
  return base ? [node, ...chainOf(checker, base)] : [node]
}

export const classOf = (type: ts.Type): ts.ClassLikeDeclaration | undefined =>
  type.getSymbol()?.declarations?.find((declaration) => ts.isClassLike(declaration))

/** What of a program's types and fields can change after it was made. */
export class StateTypes {
  readonly #checker: ts.TypeChecker

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  /** Fields of a class itself that can change and are not excused. */
  stateOf(node: ts.ClassLikeDeclaration): readonly Field[] {
    return this.#stateOf(node, new Set())
  }

  hasState(node: ts.ClassLikeDeclaration): boolean {
    return this.#classHasState(node, new Set())
  }

  isContainer(type: ts.Type): boolean {
    const parts = type.isUnion() ? type.types : [type]
    return parts.some((part) => {
      if (this.#checker.isTupleType(part)) return !(part as ts.TupleTypeReference).target.readonly
      return CONTAINERS.test(part.getSymbol()?.name ?? '')
    })
  }

  /** Object types within `type`, those of classes left out, that have properties which can be written. */
  writableObjects(type: ts.Type, seen = new Set<ts.Type>()): readonly ts.Type[] {
    if (seen.has(type)) return []
    seen.add(type)
    const parts = type.isUnionOrIntersection()
      ? type.types
      : this.#checker.getTypeArguments(type as ts.TypeReference)
    const inner = parts.flatMap((part) => this.writableObjects(part, seen))
    const isOwn = (type.flags & ts.TypeFlags.Object) !== 0 && classOf(type) === undefined
    if (!isOwn || this.#isOfLibrary(type)) return inner
    return this.#properties(type).some((property) => this.#isWritable(property)) ? [type, ...inner] : inner
  }

  #stateOf(node: ts.ClassLikeDeclaration, seen: Set<ts.Type>): readonly Field[] {
    return fieldsOf(node).filter((field) => {
      if (isExcused(field)) return false
      if (!hasModifier(field, ts.SyntaxKind.ReadonlyKeyword)) return true
      const type = this.#checker.getTypeAtLocation(field)
      return this.#isGiven(field, node) ? this.isContainer(type) : this.#canChange(type, seen)
    })
  }

  #classHasState(node: ts.ClassLikeDeclaration, seen: Set<ts.Type>): boolean {
    const chain = chainOf(this.#checker, node)
    return !chain.some(isSavedByOther) && chain.some((one) => this.#stateOf(one, seen).length > 0)
  }

  /** What a class is given by who makes it belongs to that one. */
  #isGiven(field: Field, node: ts.ClassLikeDeclaration): boolean {
    if (ts.isParameter(field)) return true
    if (field.initializer) return false
    const constructor = node.members.find((member) => ts.isConstructorDeclaration(member))
    const names = new Set(constructor?.parameters.flatMap(({ name }) => namesOf(name)))
    let given = false
    const visit = (at: ts.Node): void => {
      if (ts.isBinaryExpression(at) && at.left.getText() === `this.${field.name.getText()}`)
        given = names.has(rootOf(at.right)?.text ?? '')
      ts.forEachChild(at, visit)
    }
    if (constructor?.body) visit(constructor.body)
    return given
  }

  #canChange(type: ts.Type, seen: Set<ts.Type>): boolean {
    if (seen.has(type)) return false
    seen.add(type)
    if ((type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0) return true
    if (type.isUnionOrIntersection()) return type.types.some((part) => this.#canChange(part, seen))
    if ((type.flags & ts.TypeFlags.Object) === 0 || this.isContainer(type)) return this.isContainer(type)
    const name = type.getSymbol()?.name ?? ''
    if (this.#checker.isTupleType(type) || READ_ONLY_CONTAINERS.test(name))
      return this.#checker
        .getTypeArguments(type as ts.TypeReference)
        .some((argument) => this.#canChange(argument, seen))
    const node = classOf(type)
    if (node) return this.#classHasState(node, seen)
    const properties = this.#properties(type)
    if (type.getCallSignatures().length > 0 && properties.length === 0) return false
    if (['save', 'restore'].every((method) => properties.some((property) => property.name === method)))
      return true
    return properties.some(
      (property) =>
        this.#isWritable(property) || this.#canChange(this.#checker.getTypeOfSymbol(property), seen),
    )
  }

  #properties(type: ts.Type): readonly ts.Symbol[] {
    return this.#checker.getPropertiesOfType(type)
  }

  #isOfLibrary(type: ts.Type): boolean {
    const [declaration] = type.getSymbol()?.declarations ?? []
    return declaration?.getSourceFile().fileName.includes('/typescript/lib/') ?? false
  }

  #isWritable(property: ts.Symbol): boolean {
    if ((property.flags & ts.SymbolFlags.Property) === 0) return false
    const { links } = property as ts.Symbol & { readonly links?: { readonly checkFlags?: number } }
    if (((links?.checkFlags ?? 0) & CHECK_FLAG_READONLY) !== 0) return false
    return !(property.declarations ?? []).some((declaration) =>
      hasModifier(declaration, ts.SyntaxKind.ReadonlyKeyword),
    )
  }
}

const namesOf = (name: ts.BindingName): readonly string[] =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesOf(element.name) : []))

/** The variable that an expression like `a.b[c]` begins with. */
export const rootOf = (node: ts.Expression): ts.Identifier | undefined => {
  let at = node
  while (
    ts.isPropertyAccessExpression(at) ||
    ts.isElementAccessExpression(at) ||
    ts.isNonNullExpression(at) ||
    ts.isParenthesizedExpression(at)
  )
    at = at.expression
  return ts.isIdentifier(at) ? at : undefined
}
