import ts from 'typescript'
import { classOf, isExcused, rootOf } from './state-types.ts'
import type { StateTypes } from './state-types.ts'

const CHANGES = /^(push|pop|shift|unshift|splice|set|add|delete|clear|fill|sort|reverse|copyWithin)$/
/** Their callbacks are over when they return. */
const AT_ONCE =
  /^(forEach|map|flatMap|filter|reduce|some|every|find|findIndex|findLast|sort|toSorted|from|replace|replaceAll)$/

const isFunction = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node)

const isCalledAtOnce = (node: ts.Node): boolean => {
  const { parent } = node
  if (ts.isParenthesizedExpression(parent)) return isCalledAtOnce(parent)
  if (!ts.isCallExpression(parent)) return false
  if (parent.expression === node) return true
  return ts.isPropertyAccessExpression(parent.expression) && AT_ONCE.test(parent.expression.name.text)
}

/** The expression that a node changes: what it assigns to, or the container that it changes by a method. */
const changedBy = (node: ts.Node): ts.Expression | undefined => {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken
    const assigns = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment
    return assigns ? node.left : undefined
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const changes =
      node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken
    return changes ? node.operand : undefined
  }
  if (ts.isDeleteExpression(node)) return node.expression
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined
  return CHANGES.test(node.expression.name.text) ? node.expression : undefined
}

/**
 * Variables that outlive the function which declares them, in a closure or as a module's, and change: a line each.
 * What is a field of an object is the object's own business.
 */
export const unsavedVariables = (
  checker: ts.TypeChecker,
  types: StateTypes,
  file: ts.SourceFile,
): readonly string[] => {
  const found = new Set<ts.Declaration>()
  const holderOf = (from: ts.Node): ts.Node => {
    let at = from
    while (!ts.isSourceFile(at) && !isFunction(at) && !ts.isPropertyDeclaration(at)) at = at.parent
    return at
  }
  /** Whether the variable that `root` names may be changed after its function has returned. */
  const outlives = (root: ts.Identifier, declaration: ts.Declaration): boolean => {
    const home = holderOf(declaration.parent)
    for (let at = holderOf(root); at !== home; at = holderOf(at.parent)) {
      if (ts.isSourceFile(at)) return false
      if (!isCalledAtOnce(at)) return true
    }
    return false
  }
  const consider = (changed: ts.Expression): void => {
    const root = rootOf(changed)
    if (root === undefined) return
    if (changed !== root) {
      const object = (changed as ts.PropertyAccessExpression | ts.ElementAccessExpression).expression
      const type = checker.getTypeAtLocation(object)
      const isMethod = ts.isCallExpression(changed.parent) && changed.parent.expression === changed
      if (isMethod ? !types.isContainer(type) : classOf(checker.getNonNullableType(type)) !== undefined)
        return
    }
    const declaration = checker.getSymbolAtLocation(root)?.valueDeclaration
    if (declaration === undefined || declaration.getSourceFile() !== file) return
    if (!ts.isVariableDeclaration(declaration) && !ts.isParameter(declaration)) return
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
    if (!isExcused(statement) && outlives(root, declaration)) found.add(declaration)
  }
  const visit = (node: ts.Node): void => {
    const changed = changedBy(node)
    if (changed) consider(changed)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return [...found].map(
    (declaration) =>
      `${(declaration as ts.VariableDeclaration).name.getText()} changes in a closure or module that nobody saves`,
  )
}

/** Objects with state that are made and kept in no field, nor handed to who asked for them: a line each. */
export const unkeptObjects = (
  checker: ts.TypeChecker,
  types: StateTypes,
  file: ts.SourceFile,
): readonly string[] => {
  const findings: string[] = []
  const isThis = (node: ts.Expression): boolean => {
    let at = node
    while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) at = at.expression
    return at.kind === ts.SyntaxKind.ThisKeyword
  }
  const isKept = (from: ts.Node): boolean => {
    for (let at = from; !ts.isSourceFile(at.parent); at = at.parent) {
      const { parent } = at
      if (ts.isPropertyDeclaration(parent) || ts.isReturnStatement(parent)) return true
      if (ts.isArrowFunction(parent) && parent.body === at) return true
      if (ts.isBinaryExpression(parent) && parent.right === at && isThis(parent.left)) return true
      if (ts.isCallExpression(parent) && parent.expression !== at && isThis(parent.expression)) return true
      if (ts.isVariableDeclaration(parent)) return isVariableKept(parent)
      if (ts.isStatement(parent)) return isExcused(parent)
    }
    return false
  }
  const isVariableKept = (variable: ts.VariableDeclaration): boolean => {
    if (isExcused(variable.parent.parent)) return true
    const symbol = checker.getSymbolAtLocation(variable.name)
    let kept = false
    const visit = (node: ts.Node): void => {
      const names = ts.isIdentifier(node) && node !== variable.name
      const isSame =
        names &&
        (checker.getSymbolAtLocation(node) === symbol ||
          (ts.isShorthandPropertyAssignment(node.parent) &&
            checker.getShorthandAssignmentValueSymbol(node.parent) === symbol))
      if (isSame && !ts.isPropertyAccessExpression(node.parent)) kept ||= isKept(node)
      ts.forEachChild(node, visit)
    }
    let block: ts.Node = variable
    while (!ts.isBlock(block) && !ts.isSourceFile(block)) block = block.parent
    visit(block)
    return kept
  }
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node)) {
      const made = classOf(checker.getTypeAtLocation(node))
      if (made && types.hasState(made) && !isKept(node))
        findings.push(`a new ${made.name?.text ?? 'object'} has state and is kept in no field`)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return findings
}
