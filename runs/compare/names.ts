/** What two files are called beside each other: as short as tells them apart. */
export function namesOf(first: string, second: string): readonly [string, string] {
  const [a, b] = [partsOf(first), partsOf(second)]
  for (let parts = 1; parts <= Math.max(a.length, b.length); parts++) {
    const [x, y] = [a.slice(-parts).join('/'), b.slice(-parts).join('/')]
    if (withoutEnding(x) !== withoutEnding(y)) return [withoutEnding(x), withoutEnding(y)]
    if (x !== y) return [x, y]
  }
  const name = a.at(-1) ?? first
  return [`${name} (A)`, `${name} (B)`]
}

const partsOf = (path: string): readonly string[] => path.split(/[/\\]/).filter((part) => part !== '')

const withoutEnding = (name: string): string => name.replace(/\.(boardless|json|elf|axf|hex)$/i, '')
