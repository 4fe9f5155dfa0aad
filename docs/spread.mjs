/**
 * Twenty commits that change documentation and comments alone, and what they move: nothing.
 * node docs/spread.mjs, in a built clone; works in a folder of its own, which is gone afterwards.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const COMMITS = 20
const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'boardless-spread-'))
const git = (...args) =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], { cwd: folder })

try {
  for (const path of ['README.md', 'firmware', 'models/gesture', 'traces/basic-motions/heldout.csv'])
    cpSync(join(root, path), join(folder, path), { recursive: true })
  const target = {
    app: 'gesture',
    sources: 'firmware',
    model: 'models/gesture/gesture_int8.tflite',
    recording: 'traces/basic-motions/heldout.csv',
    for: '22s',
    cell: 'CR2032',
    budgets: Object.fromEntries(
      [
        'inference',
        'phase sensor',
        'phase preprocess',
        'phase output',
        'awake cycles',
        'instructions',
        'flash',
        'static RAM',
        'arena',
        'stack',
        'current',
        'charge of an inference',
        'battery life',
      ].map((name) => [name, '+0']),
    ),
  }
  writeFileSync(join(folder, 'boardless.config.json'), JSON.stringify({ targets: { gesture: target } }))
  git('init', '-q')
  for (let i = 1; i <= COMMITS; i++) {
    if (i % 2 === 0) appendFileSync(join(folder, 'README.md'), `\nParagraph ${i}.\n`)
    else {
      // Above the code: every line of it has another number from then on.
      const file = join(folder, 'firmware', 'gesture', 'classifier.h')
      writeFileSync(file, `// Comment ${i}.\n${readFileSync(file, 'utf8')}`)
    }
    git('add', '-A')
    git('commit', '-q', '-m', `${i % 2 === 0 ? 'documentation' : 'a comment'}, ${i}`)
  }
  const command = join(root, 'dist', 'cli', 'main.js')
  execFileSync(process.execPath, [command, 'history', '--last', String(COMMITS), '--no-cache'], {
    cwd: folder,
    stdio: 'inherit',
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
