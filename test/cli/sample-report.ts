import type { PowerReport } from '../../runs/report/power-report.ts'
import type { CycleSpread, RunReport } from '../../runs/report/run-report.ts'

const sha256 = '0123456789abcdef'.repeat(4)

export function spread(...cycles: readonly number[]): CycleSpread {
  const sorted = [...cycles].sort((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? 0
  const [minimumCycles, medianCycles, maximumCycles] = [
    at(0),
    at((sorted.length - 1) >> 1),
    at(sorted.length - 1),
  ]
  return {
    count: cycles.length,
    totalCycles: cycles.reduce((a, b) => a + b, 0),
    minimumCycles,
    medianCycles,
    maximumCycles,
    minimumMicroseconds: minimumCycles / 64,
    medianMicroseconds: medianCycles / 64,
    maximumMicroseconds: maximumCycles / 64,
  }
}

/** Invented figures, for the drawing only. */
export function sampleReport(factor = 1): RunReport {
  const operator = (
    index: string,
    type: string | null,
    shape: number[] | null,
    macs: number | null,
    cycles: number,
  ) => ({
    index,
    kernel: 'tflite::ops::micro::fully_connected::Eval',
    subgraph: 0,
    type,
    outputShape: shape,
    macs,
    macsNotCounted: null,
    ...spread(cycles * factor, cycles * factor, cycles * factor + 4),
    cyclesPerMac: macs ? (cycles * factor) / macs : null,
    share: cycles / 120_400,
    reasons: { issue: 2 * cycles * factor, data: cycles * factor + 4 },
  })
  return {
    schemaVersion: 4,
    tool: { name: 'boardless', version: '0.1.0' },
    board: {
      name: 'Arduino Nano 33 BLE Sense',
      chip: 'nRF52840',
      processor: 'Cortex-M4F',
      clockHz: 64_000_000,
      instructionCache: 'on',
      cacheOff: null,
    },
    timing: { model: 'basic', parameters: { flashWait: 2, refill: 1 } },
    away: [],
    firmware: {
      file: 'gesture.elf',
      format: 'elf',
      sha256,
      compiler: 'arm-none-eabi-gcc 12.2.1',
      compilerFlags:
        '-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -O2 -std=c++17 -fno-exceptions -fno-rtti',
      app: 'gesture',
      kernels: factor === 1 ? 'reference' : 'cmsis-nn',
      resolver: 'mutable',
      tflmVersion: '2020-07 (tfmicro 0.1.0)',
      cmsisNnVersion: '4.0.0',
      compilerFlagsUnknown: null,
      compilerFrom: 'build',
      compiledParts: [],
      libraries: [],
    },
    models: [
      {
        name: 'g_model',
        address: 0x8000,
        bytes: 12_040,
        sha256,
        description: 'boardless gesture, int8',
        operators: 3,
        macs: 9648,
        macsNotCounted: [],
        parameters: 9667,
      },
    ],
    sound: { file: 'words.wav', sha256, durationSeconds: 60, atEnd: 'loop' },
    recording: {
      file: 'heldout.csv',
      sha256,
      format: 'CSV',
      rows: 3000,
      durationSeconds: 300,
      sampleRateHz: 10,
      ignoredColumns: [],
      notes: [],
      atEnd: 'stop',
      clippedSamples: { ax: 3, gx: 0 },
    },
    run: {
      stop: 'recording-end',
      stopDetail: 'the recording is over',
      exitCode: null,
      until: null,
      gaveUp: null,
      nothingWakesSinceCycle: null,
      waiting: null,
      cycles: 19_200_000_000,
      seconds: 300,
      instructions: 12_345_678,
      sleepCycles: 19_180_000_000,
    },
    reasons: { issue: 12_000_000, data: 3_000_000, refill: 2_000_000, sleep: 180_000_000 },
    phases: [
      {
        name: 'sensor',
        passes: 300,
        source: 'marker',
        ...spread(1_500_000, 1_500_064, 1_500_128),
        reasons: { issue: 1_000_000, sleep: 449_000_000 },
      },
      {
        name: 'preprocess',
        passes: 3,
        source: 'marker',
        ...spread(40_000, 40_010, 40_020),
        reasons: { issue: 90_000, load: 30_030 },
      },
      {
        name: 'inference',
        passes: 3,
        source: 'marker',
        ...spread(120_000 * factor, 120_400 * factor, 120_800 * factor),
        reasons: { issue: 200_000 * factor, data: 161_200 * factor },
      },
      { name: 'output', passes: 3, source: 'marker', ...spread(300, 310, 320), reasons: { issue: 930 } },
    ],
    measures: [],
    interpreters: [
      {
        name: 'g_model',
        address: 0x2000_0100,
        model: 0,
        modelUnknown: null,
        own: { ...spread(0, 0, 0), share: 0, reasons: {} },
        reasons: { issue: 400_000 * factor, data: 222_400 * factor, refill: 100_000 * factor },
        ...spread(120_000 * factor, 120_400 * factor, 120_800 * factor),
        operators: [
          operator('0', 'FULLY_CONNECTED', [1, 16], 9600, 115_200),
          operator('1', 'FULLY_CONNECTED', [1, 3], 48, 900),
          operator('2', 'SOFTMAX', [1, 3], 0, 4300),
        ],
      },
    ],
    functions: [
      {
        name: 'tflite::reference_integer_ops::FullyConnected',
        address: 0x4000,
        selfCycles: 9_000_000,
        share: 0.45,
        instructions: 6_000_000,
        entries: 6,
        reasons: { issue: 6_000_000, data: 3_000_000 },
        calls: null,
      },
      {
        name: 'twim::transfer',
        address: 0x1000,
        selfCycles: 5_000_000,
        share: 0.25,
        instructions: 2_000_000,
        entries: 600,
        reasons: { issue: 2_000_000, refill: 3_000_000 },
        calls: null,
      },
    ],
    calls: null,
    resets: [],
    memory: {
      flashBytes: 61_440,
      staticRamBytes: 12_345,
      sections: [
        { name: '.vectors', flashBytes: 256, ramBytes: 0 },
        { name: '.text', flashBytes: 48_000, ramBytes: 0 },
        { name: '.rodata', flashBytes: 13_000, ramBytes: 0 },
        { name: '.data', flashBytes: 184, ramBytes: 184 },
        { name: '.bss', flashBytes: 0, ramBytes: 12_161 },
      ],
      arenas: [
        {
          name: 'tensor_arena',
          address: 0x2000_1000,
          bytes: 8192,
          usedBytes: 3456,
          nonPersistentBytes: 2048,
          persistentBytes: 1408,
          temporaryBytes: null,
          writtenBytes: 3300,
          source: 'allocator',
          unknown: null,
          interpreters: [0],
        },
      ],
      stack: { bytes: 16_384, highWaterBytes: 1288, exact: true },
      heap: { bytes: 200_000, highWaterBytes: 0 },
    },
    power: samplePower(factor),
    predictions: {
      total: 5,
      labelled: 3,
      spanning: 1,
      correct: 2,
      windows: [
        { label: 'walking', probability: 0.99, expected: 'walking', spansLabels: false },
        { label: 'standing', probability: 0.9, expected: 'standing', spansLabels: false },
        { label: 'walking', probability: 0.6, expected: 'badminton', spansLabels: false },
        { label: 'walking', probability: 0.6, expected: null, spansLabels: true },
        { label: 'walking', probability: 0.6, expected: null, spansLabels: false },
      ],
    },
    console: { text: 'boardless gesture: 3 labels\n', droppedBytes: 0 },
    interrupts: [
      { number: 15, name: 'SysTick', count: 3 },
      { number: 27, name: 'RTC1', count: 3000 },
    ],
    unmodelled: [{ name: 'RADIO', address: 0x4000_1504, reads: 0, writes: 1, firstCycle: 100 }],
    problems: [],
    fault: null,
  }
}

export const sampleFault: RunReport['fault'] = {
  summary: 'BusFault at blink+0x12',
  causes: ['PRECISERR: precise data access at BFAR'],
  cfsr: 0x8200,
  hfsr: 0x4000_0000,
  mmfar: null,
  bfar: 0x6000_0000,
  pc: 0x1234,
  instruction: 'LDR R0, [R1]',
  registers: Array.from({ length: 16 }, (_, i) => i),
  xpsr: 0x0100_0000,
  callStack: [
    { address: 0x1234, function: 'blink+0x12', source: 'main.cc:12', guessed: false },
    { address: 0x1000, function: 'main+0x20', source: null, guessed: true },
  ],
}

function samplePower(factor: number): PowerReport {
  const drawn = (microamps: number) => ({
    averageMicroamps: microamps,
    lowMicroamps: 0.8 * microamps,
    highMicroamps: 1.3 * microamps,
    chargeMicrocoulombs: 300 * microamps,
    energyMicrojoules: 990 * microamps,
  })
  return {
    supplyVolts: 3.3,
    feeds: [
      {
        feed: 'pin +3V3',
        volts: 3.3,
        averageMicroamps: 5760,
        lowMicroamps: 4608,
        highMicroamps: 7488,
        source: 'none',
        evidence: 'published',
      },
      {
        feed: 'USB at 5 V',
        volts: 5,
        averageMicroamps: 5308,
        lowMicroamps: 3621,
        highMicroamps: 8000,
        source: 'none',
        evidence: 'estimate',
      },
    ],
    board: { ...drawn(6000), medianMicroamps: 5900, peakMicroamps: 11_000 },
    chip: { ...drawn(400), medianMicroamps: 3, peakMicroamps: 5300 },
    parts: [
      {
        part: 'LSM9DS1 inertial',
        group: 'board',
        ...drawn(4000),
        peakMicroamps: 4000,
        share: 2 / 3,
        estimate: false,
        states: [
          { state: 'gyroscope', cycles: 19_200_000_000, averageMicroamps: 4000, chargeMicrocoulombs: 1.2e6 },
        ],
        events: [],
      },
      {
        part: 'LED power',
        group: 'board',
        ...drawn(1600),
        peakMicroamps: 1600,
        share: 0.27,
        estimate: true,
        states: [{ state: 'on', cycles: 19_200_000_000, averageMicroamps: 1600, chargeMicrocoulombs: 4.8e5 }],
        events: [],
      },
    ],
    phases: [
      {
        phase: 'inference',
        passes: 3,
        cycles: 361_200 * factor,
        ...drawn(11_000),
        chipMicrocoulombs: 30,
        microcoulombsByPart: { CPU: 30 },
      },
    ],
    inference: {
      count: 3,
      chargeMicrocoulombs: 20.7 * factor,
      energyMicrojoules: 68.3 * factor,
      runMicrocoulombs: 600_000,
      runMicrojoules: 1_980_000,
    },
    awakeShare: 0.001,
    estimatedShare: 0.3,
    battery: {
      cell: 'CR2032',
      feed: 'pin +3V3',
      hours: 20,
      lowHours: 15,
      highHours: 25,
      usableMilliampHours: 120,
      overloaded: false,
      source: 'none',
    },
    coefficients: [
      {
        part: 'LED power',
        state: 'on',
        unit: 'microamps',
        value: 1600,
        low: 500,
        high: 4000,
        ldoMicroamps: null,
        conditions: '',
        source: 'none',
        evidence: 'estimate',
      },
    ],
    assumptions: ['a wire from LSM9DS1 INT1 to P0.27 is assumed'],
    unknownStates: [],
    timeline: [
      {
        startCycle: 0,
        cycles: 19_200_000_000,
        minimumMicroamps: 5800,
        averageMicroamps: 6000,
        maximumMicroamps: 11_000,
      },
    ],
  }
}
