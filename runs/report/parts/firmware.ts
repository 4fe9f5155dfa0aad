import { fileName } from '../../bytes/byte-source.ts'
import {
  commentCompilers,
  compiledParts,
  unknownCompiler,
  type CompiledParts,
} from '../../image/compilers.ts'
import { CompileUnits } from '../../image/debug-units.ts'
import { nameOfAll } from '../../image/files/bundle.ts'
import type { FirmwareImage } from '../../image/image.ts'
import {
  isCmsisNn,
  isTflm,
  linkedCmsisNn,
  linkedTflm,
  otherLibraries,
  type Linked,
} from '../../image/libraries.ts'
import type { BuildFacts } from '../observation.ts'
import type { FirmwareReport } from '../run-report.ts'

/** What is known of the firmware: read from its file, or told by who built it where the file agrees. */
export function describeFirmware(
  image: FirmwareImage,
  kernelAddresses: readonly number[],
  build: BuildFacts | undefined,
): FirmwareReport {
  const units = new CompileUnits(image)
  const files = image.parts.map(({ file, format, sha256 }) => ({ file: fileName(file), format, sha256 }))
  return {
    file: image.parts.length === 0 ? fileName(image.file) : nameOfAll(files),
    format: image.format,
    sha256: image.sha256,
    files,
    notes: image.notes,
    app: build?.app ?? 'unknown',
    kernels: build?.kernels ?? 'unknown',
    resolver: build?.resolver ?? 'unknown',
    ...(build === undefined ? readCompiler(image, units, kernelAddresses) : toldCompiler(build)),
    ...linkedVersions(image, units, build),
    libraries: otherLibraries(image.symbols),
  }
}

type Compiler = Pick<
  FirmwareReport,
  'compiler' | 'compilerFlags' | 'compilerFlagsUnknown' | 'compilerFrom' | 'compiledParts'
>

const toldCompiler = ({ compiler, compilerFlags }: BuildFacts): Compiler => ({
  compiler,
  compilerFlags,
  compilerFlagsUnknown: null,
  compilerFrom: 'build',
  compiledParts: [],
})

function readCompiler(
  image: FirmwareImage,
  units: CompileUnits,
  kernelAddresses: readonly number[],
): Compiler {
  const starts = (pattern: RegExp): readonly number[] =>
    image.symbols.functionsMatching(pattern).map(({ start }) => start)
  const [main, interpreter] = [
    starts(/^main$/),
    starts(/^tflite::Micro(Interpreter::Invoke\(|(Interpreter)?Graph::InvokeSubgraph\()/),
  ]
  const parts: readonly CompiledParts[] = compiledParts(units, {
    main,
    interpreter,
    kernels: [...new Set(kernelAddresses)],
    'CMSIS-NN': starts(isCmsisNn),
  })
  // Another part's compiler says nothing about the firmware's own code.
  const of = (part: string): CompiledParts | undefined =>
    parts.find((one) => one.compiler !== 'unknown' && one.parts.includes(part))
  const first = of('main') ?? of('interpreter')
  if (first) {
    const { compiler, compilerFlags } = first
    return {
      compiler,
      compilerFlags,
      compilerFlagsUnknown: compilerFlags === 'unknown' ? 'the compiler did not leave them' : null,
      compilerFrom: 'debug-information',
      compiledParts: parts,
    }
  }
  const named = commentCompilers(image)
  const compilerFlagsUnknown = whyUnknown(image, units, [...main, ...interpreter])
  if (named.length === 0)
    return { ...unknownCompiler, compilerFlagsUnknown, compilerFrom: 'unknown', compiledParts: parts }
  return {
    compiler: named.join('; '),
    compilerFlags: 'unknown',
    compilerFlagsUnknown,
    compilerFrom: 'comment-section',
    compiledParts: parts,
  }
}

/** @param code of main and the interpreter */
function whyUnknown(
  { symbols }: Pick<FirmwareImage, 'symbols'>,
  units: CompileUnits,
  code: readonly number[],
): string {
  if (units.isSplit)
    return 'its debug information is in .dwo files (-gsplit-dwarf), which are not read; compile without it'
  if (units.isEmpty) return 'the file has no debug information'
  if (symbols.isEmpty) return 'the file has no symbols, by which main is found'
  if (code.length === 0)
    return 'neither main nor an interpreter is among the symbols; link-time optimisation may have put them into others'
  if (code.some((address) => units.at(address)?.producer === ''))
    return 'link-time optimisation of code that was compiled without -g: what the linker says is of no source'
  return 'neither main nor the interpreter has debug information'
}

/** Where the sources of our packages stand in debug information: `Root.name` of the tool chain. */
const ours = { tflm: /^tflm\//, cmsisNn: /^cmsis-nn\// } as const
const sources = { tflm: /(^|\/)tensorflow\/lite\//, cmsisNn: /(^|\/)arm_\w+\.c$/ } as const

/** The versions of a build hold for what was linked from its packages: an app may bring its own, or need none. */
export function linkedVersions(
  image: FirmwareImage,
  units: CompileUnits,
  told: Pick<BuildFacts, 'tflmVersion' | 'cmsisNnVersion'> | undefined,
): Pick<FirmwareReport, 'tflmVersion' | 'cmsisNnVersion'> {
  const foreign = (isOfIt: RegExp, which: keyof typeof ours): boolean =>
    image.symbols
      .functionsMatching(isOfIt)
      .some(({ start }) => isFrom(units.at(start)?.name, sources[which], ours[which]))
  const version = (linked: Linked, isForeign: boolean, known: string | undefined): string => {
    if (linked.linked !== 'yes') return linked.linked
    const read = linked.generation ?? 'of unknown version'
    if (known === undefined) return read
    return isForeign ? `${read}, from sources of the app’s own` : known
  }
  const { symbols } = image
  return {
    tflmVersion: version(
      linkedTflm(symbols),
      told !== undefined && foreign(isTflm, 'tflm'),
      told?.tflmVersion,
    ),
    cmsisNnVersion: version(
      linkedCmsisNn(symbols),
      told !== undefined && foreign(isCmsisNn, 'cmsisNn'),
      told?.cmsisNnVersion,
    ),
  }
}

const isFrom = (unit: string | undefined, source: RegExp, own: RegExp): boolean =>
  unit !== undefined && source.test(unit) && !own.test(unit)
