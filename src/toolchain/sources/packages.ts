export type PackageManager = 'cargo' | 'pip' | 'npm'

/** A registry package that sources come from: its version and the SHA-256 of its archive are pinned. */
export interface SourcePackage {
  readonly manager: PackageManager
  readonly name: string
  readonly version: string
  readonly archive: 'tar.gz' | 'zip'
  readonly sha256: string
  /** Files of the archive that hold its licences, kept beside whatever is built from it. */
  readonly licences: readonly string[]
  /** What it is fetched for, as the user would say it. */
  readonly carries: string
}

/** TensorFlow Lite Micro of July 2020 with its third-party headers, and the four stock models. */
export const tflmPackage: SourcePackage = {
  manager: 'cargo',
  name: 'tfmicro',
  version: '0.1.0',
  archive: 'tar.gz',
  sha256: 'b2da8beabd85d11badfc2d603a31c9fb468702cda5fc034ac872fbaf43544e94',
  licences: [
    'LICENSE-APACHE',
    'submodules/tensorflow/tensorflow/lite/micro/tools/make/downloads/ruy/LICENSE',
  ],
  carries: 'TensorFlow Lite Micro',
}

/** The int8 subset of CMSIS-NN 4.0.0 (git ca5dc343) and the CMSIS-Core headers that it includes. */
export const cmsisNnPackage: SourcePackage = {
  manager: 'pip',
  name: 'bakenn',
  version: '1.0.0',
  archive: 'zip',
  sha256: 'b8251e71a8fc39252df0d308fe9a5837bd86f7a31f1596a7dd4a319196f30e56',
  licences: [
    'bakenn-1.0.0.dist-info/licenses/LICENSE',
    'bakenn/backend/cmsis_nn/vendor/cmsis_nn/LICENSE.txt',
    'bakenn/backend/cmsis_nn/vendor/cmsis_core/LICENSE.txt',
  ],
  carries: 'CMSIS-NN',
}

/** CMSIS-Core 5.4.0: core_cm4.h and its companions. */
export const cmsisCorePackage: SourcePackage = {
  manager: 'npm',
  name: '@xpack-3rd-party/arm-cmsis-core-m',
  version: '5.4.0-5',
  archive: 'tar.gz',
  sha256: 'b003c2bd84cce124baa03ad8d05a2289c36ae7b88e5941a808e4db755584343b',
  licences: ['LICENSE', 'LICENSE-Arm.txt'],
  carries: 'CMSIS-Core',
}

/** CMSIS-DSP: the C sources that Arm's Python module is made of. */
export const cmsisDspPackage: SourcePackage = {
  manager: 'pip',
  name: 'cmsisdsp',
  version: '1.10.3',
  archive: 'tar.gz',
  sha256: '307d32298faa7c58db912851027fce35f886fec7eb1a27c4b309ce1a97f47519',
  licences: ['LICENSE'],
  carries: 'CMSIS-DSP',
}

export const versions = {
  tflm: 'July 2020 (crate tfmicro 0.1.0)',
  cmsisNn: '4.0.0 (git ca5dc343)',
  cmsisDsp: 'as in PyPI cmsisdsp 1.10.3',
} as const

/** Paths inside the unpacked packages. */
export const layout = {
  tensorflow: 'submodules/tensorflow',
  lite: 'submodules/tensorflow/tensorflow/lite',
  downloads: 'submodules/tensorflow/tensorflow/lite/micro/tools/make/downloads',
  stockModels: 'examples/models',
  cmsisNn: 'bakenn/backend/cmsis_nn/vendor/cmsis_nn',
  cmsisCore: 'bakenn/backend/cmsis_nn/vendor/cmsis_core/Include',
} as const
