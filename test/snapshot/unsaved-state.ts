import ts from 'typescript'
import { unsavedFields } from './class-state.ts'
import { unkeptObjects, unsavedVariables } from './closure-state.ts'
import { programOf } from './program.ts'
import { StateTypes } from './state-types.ts'

/**
 * State that a snapshot would not hold: fields of classes that `save` or `restore` does not mention, variables that
 * change in closures and modules, objects with state that no field keeps. What a class is given by who makes it is that
 * one's. A doc comment `Not saved: WHY` excuses a field or variable; `Saved by WHOM` at a class leaves its objects to
 * another, which the class's own `save` and `restore` serve.
 * @param files to look at
 * @param sources texts of files that are not on disk, by name: looked at too
 * @returns a line each: file, what
 */
export const unsavedState = (
  files: readonly string[],
  sources: ReadonlyMap<string, string> = new Map(),
): readonly string[] => {
  const program = programOf(files, sources)
  const checker = program.getTypeChecker()
  const types = new StateTypes(checker)
  return [...files, ...sources.keys()].flatMap((name) => {
    const file = program.getSourceFile(name)
    if (file === undefined) return [`${name}: not found`]
    const classes: ts.ClassLikeDeclaration[] = []
    const visit = (node: ts.Node): void => {
      if (ts.isClassLike(node)) classes.push(node)
      ts.forEachChild(node, visit)
    }
    visit(file)
    return [
      ...classes.flatMap((node) => unsavedFields(checker, types, node)),
      ...unsavedVariables(checker, types, file),
      ...unkeptObjects(checker, types, file),
    ].map((finding) => `${name}: ${finding}`)
  })
}

/**
 * Fields of classes that `save` or `restore` does not mention, where more cannot be asked: closures are used up at once,
 * and what is saved of objects is made of them.
 */
export const unsavedFieldsIn = (files: readonly string[]): readonly string[] => {
  const program = programOf(files, new Map())
  const checker = program.getTypeChecker()
  const types = new StateTypes(checker)
  return files.flatMap((name) => {
    const file = program.getSourceFile(name)
    if (file === undefined) return [`${name}: not found`]
    return file.statements
      .filter((node) => ts.isClassDeclaration(node))
      .flatMap((node) => unsavedFields(checker, types, node, false))
      .map((finding) => `${name}: ${finding}`)
  })
}
