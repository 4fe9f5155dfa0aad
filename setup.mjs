// Brings a fresh clone to the point where the command runs; does nothing, quickly, when it is there already.
//   node setup.mjs build            npm packages, build
//   node setup.mjs ensure           the same, and the cross compiler
//   node setup.mjs start [args]     the same, then `boardless start [args]`
//   node setup.mjs test [args]      the same, then the checks and the tests; ends with "N passed, N failed"
//   node setup.mjs check            npm packages, then types, lint, format and import rules
//   node setup.mjs tools            what test needs, then dist/bench and dist/test/differential
// Plain Node without packages: it runs before npm has installed any.
import { spawn, spawnSync } from 'child_process'
import { createHash } from 'crypto'
import * as fs from 'fs'
import * as os from 'os'
import * as path from 'path'
import { fileURLToPath, pathToFileURL } from 'url'

const root = path.dirname(fileURLToPath(import.meta.url))
const at = (...parts) => path.join(root, ...parts)
const environmentLacks = 4

class SetupError extends Error {}

const tty = process.stderr.isTTY && !process.env.CI

/** Runs a command quietly, shows that time passes, keeps its output for when it fails. */
function step(label, command, args, options = {}) {
  const began = Date.now()
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`
  if (!tty) process.stderr.write(`set-up: ${label} ...\n`)
  let output = ''
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    const draw = () => {
      const last = output
        .trimEnd()
        .split('\n')
        .pop()
        .replace(/[^\x20-\x7e]/g, '')
      const width = (process.stderr.columns || 80) - 1
      process.stderr.write(`\r\x1b[K${`set-up: ${label} ... ${seconds()}  ${last}`.slice(0, width)}`)
    }
    const timer = tty ? setInterval(draw, 200) : undefined
    const keep = (chunk) => (output = (output + chunk).slice(-20000))
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const finish = (code) => {
      clearInterval(timer)
      if (tty) process.stderr.write('\r\x1b[K')
      if (code === 0) process.stderr.write(`set-up: ${label}: done in ${seconds()}\n`)
      resolve({ code, output })
    }
    child.on('error', (error) => {
      clearInterval(timer)
      reject(new SetupError(`${label}: ${command} could not be started (${error.code})`))
    })
    child.on('close', finish)
  })
}

/** The first line in which npm or apt-get says what is wrong, or else the last that it printed. */
function said(output, code) {
  const lines = output.split('\n').map((line) => line.replace(/[^\x20-\x7e]/g, '').trim())
  const errors = lines.flatMap((line) => /^(?:E:|npm (?:error|ERR!)) +(.+)/.exec(line)?.[1] ?? [])
  const telling = errors.find((line) => !/^(code|syscall|errno|path|dest|file|command) /.test(line))
  const last = lines.filter((line) => line !== '').pop()
  const found = (telling ?? last ?? `exit code ${code}`).replace(/[.:;]+$/, '')
  return found.length > 300 ? `${found.slice(0, 300)}...` : found
}

/** First executable of that name on PATH; the cross compiler's from BOARDLESS_TOOLCHAIN where that is set. */
function which(name) {
  const toolchain = name.startsWith('arm-none-eabi-') ? process.env.BOARDLESS_TOOLCHAIN : undefined
  for (const folder of toolchain ? [toolchain] : (process.env.PATH || '').split(path.delimiter)) {
    const file = path.join(folder, name)
    try {
      fs.accessSync(file, fs.constants.X_OK)
      return file
    } catch {
      // not here
    }
  }
  return undefined
}

// --- npm packages -----------------------------------------------------------------------------------------------

function packagesInstalled() {
  let wanted, installed
  try {
    wanted = JSON.parse(fs.readFileSync(at('package-lock.json'), 'utf8')).packages
    installed = JSON.parse(fs.readFileSync(at('node_modules', '.package-lock.json'), 'utf8')).packages
  } catch {
    return false
  }
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '' || entry.optional || entry.devOptional) return true
    return installed[name] !== undefined && installed[name].version === entry.version
  })
}

async function ensurePackages() {
  if (packagesInstalled()) return
  checkOwn('npm packages are missing')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { code, output } = await step('npm packages', npm, [
    'ci',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ])
  if (code === 0) return
  process.stderr.write(output)
  throw new SetupError(`npm could not install the packages: ${said(output, code)}. To see all of it: npm ci`)
}

// --- packages of the operating system ---------------------------------------------------------------------------

/** A library the cross compiler finds is printed with its whole path. */
function compilerHas(library) {
  const gcc = which('arm-none-eabi-gcc')
  if (!gcc) return false
  const target = ['-mcpu=cortex-m4', '-mthumb', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16']
  const found = spawnSync(gcc, [...target, `-print-file-name=${library}`], { encoding: 'utf8' })
  return path.isAbsolute((found.stdout || '').trim())
}

const sharedLibrary = (name) =>
  [
    '/usr/lib',
    '/usr/lib64',
    '/usr/local/lib',
    '/lib',
    `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`,
  ].some((folder) => fs.existsSync(path.join(folder, name)))

const forFirmware = [
  { package: 'gcc-arm-none-eabi', present: () => which('arm-none-eabi-gcc') },
  { package: 'libnewlib-arm-none-eabi', present: () => compilerHas('libc.a') },
  { package: 'libstdc++-arm-none-eabi-newlib', present: () => compilerHas('libstdc++.a') },
]
// The registries' own clients, which fetch the firmware's sources; of no use once those are in the cache.
const forSources = [
  { package: 'cargo', present: () => which('cargo') },
  { package: 'python3-pip', present: () => which('pip') },
]
const forTests = [
  { package: 'libunicorn2', present: () => sharedLibrary('libunicorn.so.2') },
  { package: 'qemu-system-arm', present: () => which('qemu-system-arm') },
  { package: 'redis-server', present: () => which('redis-server') },
  {
    package: 'python3-venv',
    present: () => spawnSync('python3', ['-c', 'import ensurepip, venv']).status === 0,
  },
]

// Opens lab.html in the tests. Ubuntu has none by this name: there the tests say that they left it out.
const browsers = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']
const forPages = { package: 'chromium-headless-shell', present: () => browsers.some(which) }

/** As cacheDirectory in src/toolchain/cache/cache.ts, which cannot be imported before it is built. */
function cacheDirectory() {
  const { BOARDLESS_CACHE: named, XDG_CACHE_HOME: xdg = '', LOCALAPPDATA: local = '' } = process.env
  if (named) return path.resolve(named)
  if (path.isAbsolute(xdg)) return path.join(xdg, 'boardless')
  if (process.platform === 'win32' && path.isAbsolute(local)) return path.join(local, 'boardless', 'Cache')
  const home = homeFolder()
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches', 'boardless')
  return process.platform === 'win32'
    ? path.join(home, 'AppData', 'Local', 'boardless', 'Cache')
    : path.join(home, '.cache', 'boardless')
}

function homeFolder() {
  if (path.isAbsolute(process.env.HOME || '')) return process.env.HOME
  try {
    const { homedir } = os.userInfo()
    if (path.isAbsolute(homedir)) return homedir
  } catch {
    // a number without an entry in the list of users
  }
  throw new SetupError('this user has no home folder to keep builds in: set BOARDLESS_CACHE to a folder')
}

/** Folders that src/toolchain/sources/sources.ts leaves: manager, name, version, hash. */
function sourcesCached() {
  const packages = path.join(cacheDirectory(), 'packages')
  let folders = []
  try {
    folders = fs.readdirSync(packages)
  } catch {
    // nothing yet
  }
  return ['cargo-tfmicro', 'pip-bakenn'].every((name) =>
    folders.some((folder) => folder.startsWith(`${name}-`) && /-[0-9a-f]{12}$/.test(folder)),
  )
}

async function ensureSystem(needs) {
  const missing = needs.filter((need) => !need.present()).map((need) => need.package)
  if (missing.length === 0) return
  const install = `apt-get install -y ${missing.join(' ')}`
  if (!which('apt-get')) {
    throw new SetupError(
      `missing: ${missing.join(', ')} (Debian's names). Install the Arm GNU toolchain (arm-none-eabi-gcc with ` +
        'newlib and libstdc++) and the rest with your package manager, then try again.',
    )
  }
  const asRoot = process.getuid && process.getuid() === 0
  const sudo = !asRoot && which('sudo') && spawnSync('sudo', ['-n', 'true']).status === 0
  if (!asRoot && !sudo) {
    throw new SetupError(
      `missing: ${missing.join(', ')}. Install with: sudo apt-get update && sudo ${install}`,
    )
  }
  const apt = (label, ...args) => {
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const [command, ...rest] = sudo ? ['sudo', '-n', 'apt-get', ...args] : ['apt-get', ...args]
    return step(label, command, rest, { env: environment })
  }
  const label = `system packages ${missing.join(' ')}`
  const arguments_ = ['install', '-y', '--no-install-recommends', ...missing]
  if (!listsPresent()) await apt('package lists', 'update')
  let result = await apt(label, ...arguments_)
  if (result.code !== 0) {
    await apt('package lists', 'update')
    result = await apt(label, ...arguments_)
  }
  if (result.code === 0) return
  process.stderr.write(result.output)
  throw new SetupError(
    `apt-get could not install ${missing.join(', ')}: ${said(result.output, result.code)}. ` +
      `To see all of it: sudo ${install}`,
  )
}

/** Nothing else waits for it: where it cannot be had, the tests that open it are left out and say so. */
async function tryForPages() {
  if (forPages.present() || !which('apt-get')) return
  const offered = spawnSync('apt-cache', ['show', '--no-all-versions', forPages.package])
  if (offered.status !== 0) return
  try {
    await ensureSystem([forPages])
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    process.stderr.write(`set-up: without a browser: ${error.message}\n`)
  }
}

function listsPresent() {
  try {
    return fs.readdirSync('/var/lib/apt/lists').some((name) => name.includes('_Packages'))
  } catch {
    return false
  }
}

// --- build ------------------------------------------------------------------------------------------------------

const sourceFolders = ['emulator', 'runs', 'src']
const viteMain = at('node_modules', 'vite', 'bin', 'vite.js')
/** Whoever asks for a build gets the same: a test's own NODE_ENV would write paths of this machine into the page. */
const forUsers = { env: { ...process.env, NODE_ENV: 'production' } }

function* sourceFiles(folder, wanted = /(?<!\.test)\.(ts|json)$/) {
  for (const entry of fs
    .readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) yield* sourceFiles(file, wanted)
    else if (wanted.test(entry.name)) yield file
  }
}

function sourcesHash() {
  const hash = createHash('sha256')
  const fixed = ['tsconfig.json', 'tsconfig.build.json', 'bundle.ts', 'package-lock.json'].map((name) =>
    at(name),
  )
  for (const file of [...fixed, ...sourceFolders.flatMap((name) => [...sourceFiles(at(name))])]) {
    hash.update(`${path.relative(root, file)}\0`).update(fs.readFileSync(file))
  }
  return hash.digest('hex')
}

async function ensureBuild() {
  const stamp = at('dist', '.stamp')
  const wanted = sourcesHash()
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return
  checkOwn('the build is not up to date')
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc')
  const { code, output } = await step('build', process.execPath, [tsc, '-p', 'tsconfig.build.json'])
  if (code !== 0) {
    process.stderr.write(output)
    throw new SetupError(
      'the TypeScript sources do not compile (see above). In an untouched clone: git status',
    )
  }
  sourceFolders.forEach(removeWithoutSource)
  const bundled = await step('bundle', process.execPath, [viteMain, 'build', '-c', at('bundle.ts')], forUsers)
  if (bundled.code !== 0) {
    process.stderr.write(bundled.output)
    throw new SetupError('the command cannot be bundled (see above). In an untouched clone: git status')
  }
  fs.writeFileSync(stamp, wanted)
}

/** The page of `boardless view`, in dist/web: static files. */
async function ensurePage() {
  const stamp = at('dist', 'web', '.stamp')
  const hash = createHash('sha256').update(sourcesHash())
  for (const file of sourceFiles(at('web'), /(?<!\.test)\.(tsx?|css|html|svg|json|webmanifest)$/))
    hash.update(`${path.relative(root, file)}\0`).update(fs.readFileSync(file))
  const wanted = hash.digest('hex')
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return
  checkOwn('the page is not up to date')
  const vite = [viteMain, 'build', '-c', at('web', 'vite.config.ts')]
  const { code, output } = await step('page', process.execPath, vite, forUsers)
  if (code !== 0) {
    process.stderr.write(output)
    throw new SetupError('the page cannot be built (see above). In an untouched clone: git status')
  }
  fs.writeFileSync(stamp, wanted)
}

/** Another user than who installed it may run what is there, not change it. */
function checkOwn(what) {
  try {
    fs.accessSync(root, fs.constants.W_OK)
  } catch {
    throw new SetupError(`${root}: ${what}, and you may not write there: run it as the user who installed it`)
  }
}

/** What was moved or deleted: the lab's cache knows its results by the files of dist. */
function removeWithoutSource(folder) {
  for (const entry of fs.readdirSync(at('dist', folder), { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    const source = path.relative(at('dist'), file).replace(/\.(js(\.map)?|d\.ts)$/, '.ts')
    if (entry.isFile() && !fs.existsSync(at(source))) fs.rmSync(file)
  }
}

// --- test -------------------------------------------------------------------------------------------------------

const checks = [
  ['types', 'typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit'],
  ['types of the page', 'typescript/bin/tsc', '-p', 'web/tsconfig.json', '--noEmit'],
  ['types of its tests', 'typescript/bin/tsc', '-p', 'test/web/tsconfig.json', '--noEmit'],
  ['lint', 'eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  ['format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  [
    'import rules',
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    ...sourceFolders,
    'web',
    'test',
    'bench',
  ],
]

async function runChecks() {
  let failed = 0
  for (const [label, script, ...args] of checks) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [at('node_modules', script), ...args], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
    process.stdout.write(`check: ${label}: ${status === 0 ? 'passed' : 'FAILED'}\n`)
    if (status === 0) continue
    failed++
    process.stdout.write((stdout || '') + (stderr || ''))
  }
  return { passed: checks.length - failed, failed, skipped: 0 }
}

function runVitest(args) {
  const clone = createHash('sha256').update(root).digest('hex').slice(0, 12)
  const results = path.join(cacheDirectory(), 'tests', `vitest-${clone}.json`)
  try {
    fs.mkdirSync(path.dirname(results), { recursive: true })
    fs.rmSync(results, { force: true })
  } catch (error) {
    throw new SetupError(
      `${path.dirname(results)} cannot be written (${error.code}): set BOARDLESS_CACHE to a folder`,
    )
  }
  const vitest = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`, ...args]
  const { status } = spawnSync(process.execPath, [at('node_modules', 'vitest', 'vitest.mjs'), ...vitest], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  try {
    const report = JSON.parse(fs.readFileSync(results, 'utf8'))
    const suites = report.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    )
    const failed = report.numFailedTests + suites.length
    return {
      passed: report.numPassedTests,
      failed: failed === 0 && status !== 0 ? 1 : failed,
      skipped: report.numPendingTests + report.numTodoTests,
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

/** All checks and tests; with arguments only the tests those select. The last line counts both. */
async function test(args) {
  const none = { passed: 0, failed: 0, skipped: 0 }
  const build = await ensureBuild()
    .then(ensurePage)
    .then(
      () => none,
      (error) => {
        process.stdout.write(`build: FAILED: ${error.message}\n`)
        return { ...none, failed: 1 }
      },
    )
  const parts = [build, args.length === 0 ? await runChecks() : none, runVitest(args)]
  const sum = (key) => parts.reduce((total, part) => total + part[key], 0)
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed${skipped}\n`)
  process.exitCode = sum('failed') > 0 ? 1 : 0
}

async function check() {
  const { failed } = await runChecks()
  process.exitCode = failed > 0 ? 1 : 0
}

/** Benchmark, fuzzer and coverage report; what has not changed since is not compiled again. */
async function tools() {
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc')
  const { code, output } = await step('build of the tools', process.execPath, [
    tsc,
    '-p',
    'test/differential/tsconfig.tools.json',
  ])
  if (code === 0) return
  process.stderr.write(output)
  throw new SetupError('the tools do not compile (see above). In an untouched clone: git status')
}

// ----------------------------------------------------------------------------------------------------------------

async function main([command = 'start', ...args]) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(
      `Node ${process.versions.node} is too old: install Node 20 or newer (https://nodejs.org).`,
    )
  }
  const commands = ['start', 'view', 'test', 'ensure', 'build', 'check', 'tools']
  if (!commands.includes(command)) {
    throw new SetupError(`unknown command "${command}": node setup.mjs ${commands.join(' | ')}`)
  }
  await ensurePackages()
  if (command === 'check') return check()
  const justAsking =
    command === 'start' && args.some((arg) => ['--help', '-h', '--version', '-V'].includes(arg))
  if (!justAsking && command !== 'build') {
    const sources = sourcesCached() ? [] : forSources
    await ensureSystem([...forFirmware, ...sources, ...(['test', 'tools'].includes(command) ? forTests : [])])
  }
  if (command === 'test') {
    await tryForPages()
    return test(args)
  }
  if (command === 'tools') return tools()
  await ensureBuild()
  if (['build', 'view'].includes(command)) await ensurePage()
  if (command === 'start' || command === 'view') {
    process.removeAllListeners('SIGINT') // the command has its own
    process.argv.splice(1, process.argv.length, at('dist', 'cli', 'main.js'), command, ...args)
    await import(pathToFileURL(process.argv[1]).href)
  }
}

process.on('SIGINT', () => process.exit(130))
main(process.argv.slice(2)).catch((error) => {
  const known = error instanceof SetupError
  process.stderr.write(`boardless: ${known ? error.message : (error && error.stack) || error}\n`)
  process.exit(known ? environmentLacks : 1)
})
