import ts from 'typescript'

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  types: [],
}

const libraries = new Map<string, ts.SourceFile | undefined>()

/** @param sources texts of files that are not on disk, by name */
export const programOf = (files: readonly string[], sources: ReadonlyMap<string, string>): ts.Program => {
  const host = ts.createCompilerHost(OPTIONS, true)
  const withSources: ts.CompilerHost = {
    ...host,
    fileExists: (name) => sources.has(name) || host.fileExists(name),
    readFile: (name) => sources.get(name) ?? host.readFile(name),
    getSourceFile: (name, ...further) => {
      const text = sources.get(name)
      if (text !== undefined) return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true)
      if (!name.includes('/typescript/lib/')) return host.getSourceFile(name, ...further)
      if (!libraries.has(name)) libraries.set(name, host.getSourceFile(name, ...further))
      return libraries.get(name)
    },
  }
  return ts.createProgram({ rootNames: [...files, ...sources.keys()], options: OPTIONS, host: withSources })
}
