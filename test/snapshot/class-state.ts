import ts from 'typescript'
import { chainOf, hasModifier, isExcused } from './state-types.ts'
import type { StateTypes } from './state-types.ts'

/** Names of `this` that a method mentions, itself or through what it calls on `this`; and types that it spreads. */
interface Mentions {
  readonly names: ReadonlySet<string>
  readonly spread: ReadonlySet<ts.Type>
  readonly callsSuper: boolean
}

const methodOf = (
  chain: readonly ts.ClassLikeDeclaration[],
  name: string,
): ts.MethodDeclaration | ts.AccessorDeclaration | undefined => {
  for (const { members } of chain) {
    const found = members.find(
      (member): member is ts.MethodDeclaration | ts.AccessorDeclaration =>
        (ts.isMethodDeclaration(member) || ts.isAccessor(member)) && member.name.getText() === name,
    )
    if (found?.body) return found
  }
  return undefined
}

/** `this.METHOD(...)` */
const isOwnCall = (node: ts.Expression): boolean =>
  ts.isCallExpression(node) &&
  ts.isPropertyAccessExpression(node.expression) &&
  node.expression.expression.kind === ts.SyntaxKind.ThisKeyword

/** What a field is given when it is made: one that holds who saves what leads to them. */
const givenTo = (chain: readonly ts.ClassLikeDeclaration[], name: string): readonly ts.Expression[] =>
  chain.flatMap(({ members }) =>
    members.flatMap((member): ts.Expression[] => {
      if (ts.isPropertyDeclaration(member) && member.name.getText() === name)
        return member.initializer && isOwnCall(member.initializer) ? [member.initializer] : []
      if (!ts.isConstructorDeclaration(member)) return []
      return (member.body?.statements ?? []).flatMap((statement) =>
        ts.isExpressionStatement(statement) &&
        ts.isBinaryExpression(statement.expression) &&
        ts.isPropertyAccessExpression(statement.expression.left) &&
        statement.expression.left.expression.kind === ts.SyntaxKind.ThisKeyword &&
        statement.expression.left.name.text === name &&
        isOwnCall(statement.expression.right)
          ? [statement.expression.right]
          : [],
      )
    }),
  )

/** `restore: (state) => ...` among what saves, or the other way round. */
const isOfTheOther = (node: ts.Node, method: string): boolean =>
  ts.isPropertyAssignment(node) &&
  ['save', 'restore'].some((one) => one !== method && node.name.getText() === one)

const mentionsOf = (
  checker: ts.TypeChecker,
  chain: readonly ts.ClassLikeDeclaration[],
  method: ts.MethodDeclaration,
): Mentions => {
  const names = new Set<string>()
  const spread = new Set<ts.Type>()
  let callsSuper = false
  const mention = (name: string): void => {
    if (names.has(name)) return
    names.add(name)
    const called = methodOf(chain, name)
    if (called?.body) visit(called.body)
    for (const given of givenTo(chain, name)) visit(given)
  }
  const visit = (node: ts.Node): void => {
    if (isOfTheOther(node, method.name.getText())) return
    if (ts.isPropertyAccessExpression(node)) {
      if (node.expression.kind === ts.SyntaxKind.ThisKeyword) mention(node.name.text)
      if (node.expression.kind === ts.SyntaxKind.SuperKeyword && node.name.text === method.name.getText())
        callsSuper = true
    }
    if (
      ts.isVariableDeclaration(node) &&
      node.initializer?.kind === ts.SyntaxKind.ThisKeyword &&
      ts.isObjectBindingPattern(node.name)
    )
      for (const element of node.name.elements) mention((element.propertyName ?? element.name).getText())
    if (ts.isSpreadAssignment(node))
      spread.add(checker.getNonNullableType(checker.getTypeAtLocation(node.expression)))
    ts.forEachChild(node, visit)
  }
  if (method.body) visit(method.body)
  return { names, spread, callsSuper }
}

/**
 * What of a class's own fields its `save` or `restore` forgets, a line each.
 * @param isWhole also what is not copied whole
 */
export const unsavedFields = (
  checker: ts.TypeChecker,
  types: StateTypes,
  node: ts.ClassLikeDeclaration,
  isWhole = true,
): readonly string[] => {
  const className = node.name?.text ?? 'a class'
  const statics = node.members
    .filter((member) => ts.isPropertyDeclaration(member))
    .filter((member) => hasModifier(member, ts.SyntaxKind.StaticKeyword) && !isExcused(member))
    .filter((member) => !hasModifier(member, ts.SyntaxKind.ReadonlyKeyword))
    .map((member) => `${className}.${member.name.getText()} is static, and no machine's own`)
  if (isExcused(node)) return statics
  const fields = types.stateOf(node).filter((field) => !hasModifier(field, ts.SyntaxKind.StaticKeyword))
  if (fields.length === 0) return statics
  const chain = chainOf(checker, node)
  const inherits = chain.slice(1).some((base) => methodOf([base], 'save') !== undefined)
  const findings = (['save', 'restore'] as const).flatMap((name) => {
    const method = methodOf([node], name)
    if (method === undefined || !ts.isMethodDeclaration(method)) {
      const names = fields.map((field) => field.name.getText()).join(', ')
      return [`${className} has no ${name}, and state: ${names}`]
    }
    const mentions = mentionsOf(checker, chain, method)
    return [
      ...(inherits && !mentions.callsSuper ? [`${className}.${name} does not call super.${name}`] : []),
      ...fields.flatMap((field) => {
        const fieldName = field.name.getText()
        if (!mentions.names.has(fieldName)) return [`${className}.${name} forgets ${fieldName}`]
        if (!isWhole) return []
        return types
          .writableObjects(checker.getTypeAtLocation(field))
          .filter((type) => !mentions.spread.has(type))
          .map(
            (type) =>
              `${className}.${name} does not copy the ${checker.typeToString(type)} of ${fieldName} whole ({ ...it })`,
          )
      }),
    ]
  })
  return [...statics, ...findings]
}
