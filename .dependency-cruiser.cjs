/** The import rules of ARCHITECTURE.md. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'emulator-is-a-pure-library',
      severity: 'error',
      from: { path: '^emulator', pathNot: '\\.test\\.ts$' },
      to: { path: '^(runs|src|web|test|node:)|^(fs|path|os|child_process)$' },
    },
    {
      name: 'emulator-has-no-packages',
      severity: 'error',
      from: { path: '^emulator', pathNot: '\\.test\\.ts$' },
      to: { path: 'node_modules' },
    },
    {
      name: 'cpu-knows-time-only',
      severity: 'error',
      from: { path: '^emulator/cpu', pathNot: '\\.test\\.ts$' },
      to: { path: '^emulator/', pathNot: '^emulator/(cpu|time)/' },
    },
    {
      name: 'meanings-know-the-language-only',
      severity: 'error',
      from: { path: '^emulator/cpu/instructions/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^emulator/cpu/',
        pathNot: '^emulator/cpu/(instructions/|float/|(ir|layout|counting|conditions|exit-reasons)\\.ts$)',
      },
    },
    {
      name: 'engine-knows-no-exceptions',
      severity: 'error',
      from: { path: '^emulator/cpu/(engine|instructions|float|timing)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^emulator/cpu/(exceptions|system|debug)/' },
    },
    {
      name: 'exceptions-know-no-debug-units',
      severity: 'error',
      from: { path: '^emulator/cpu/exceptions/', pathNot: '\\.test\\.ts$|exception-test-bench' },
      to: { path: '^emulator/cpu/(debug/|system/(private-peripheral-bus|system-control|systick)\\.ts$)' },
    },
    {
      name: 'who-knows-the-processor-as-a-whole',
      severity: 'error',
      from: { path: '^emulator/cpu/.+/', pathNot: '\\.test\\.ts$|exception-test-bench' },
      to: { path: '^emulator/cpu/cpu\\.ts$' },
    },
    {
      name: 'what-shows-a-report-knows-it-alone',
      severity: 'error',
      from: { path: '^runs/(report/show|compare/show)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^(emulator|runs|src)/',
        pathNot:
          '^runs/report/(show|run-report|power-report|parts/away)|^runs/compare/(show/|comparison)|^runs/verdict|^emulator/(time|trace|probes|snapshot)/|^emulator/cpu/timing/reasons',
      },
    },
    {
      name: 'published-figures-know-no-emulator',
      severity: 'error',
      from: { path: '^src/fidelity/published/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/fidelity/(show/|fidelity)|^src/cli' },
    },
    {
      name: 'toolchain-rooms-know-no-build',
      severity: 'error',
      from: { path: '^src/toolchain/(sources|cache|generate|apps)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/toolchain/(build|plan|link)' },
    },
    {
      name: 'time-knows-nothing',
      severity: 'error',
      from: { path: '^emulator/time/', pathNot: '\\.test\\.ts$' },
      to: { path: '^emulator/', pathNot: '^emulator/time/' },
    },
    {
      name: 'tracks-know-no-machine',
      severity: 'error',
      from: { path: '^emulator/timeline/[^/]+$', pathNot: '\\.test\\.ts$' },
      to: { path: '^emulator/', pathNot: '^emulator/(timeline/[^/]+$|cpu/bus\\.ts|snapshot/saved\\.ts)' },
    },
    {
      name: 'what-is-recorded-knows-no-timeline',
      severity: 'error',
      from: { path: '^emulator/', pathNot: '^emulator/timeline/|\\.test\\.ts$' },
      to: { path: '^emulator/timeline/' },
    },
    {
      name: 'chip-knows-the-cpu-by-its-interface',
      severity: 'error',
      from: { path: '^emulator/nrf52840', pathNot: '\\.test\\.ts$' },
      to: { path: '^emulator/cpu/', pathNot: '^emulator/cpu/(bus|cpu)\\.ts$' },
    },
    {
      name: 'hosts-know-wires-and-time',
      severity: 'error',
      from: { path: '^emulator/host/', pathNot: '\\.test\\.ts$' },
      to: { path: '^emulator/', pathNot: '^emulator/(host/|time/|nrf52840/usb-port\\.ts)' },
    },
    {
      name: 'model-rooms-below-training',
      severity: 'error',
      from: { path: '^src/model/(infer|convert|data)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/model/[^/]+\\.ts$', pathNot: '^src/model/random\\.ts$' },
    },
    {
      name: 'inference-knows-no-conversion',
      severity: 'error',
      from: { path: '^src/model/infer/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/model/(convert|data)/' },
    },
    {
      name: 'nobody-knows-the-command-line',
      severity: 'error',
      from: { path: '^(emulator|runs|src)/', pathNot: '^src/cli/|\\.test\\.ts$' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'commands-do-not-call-each-other',
      severity: 'error',
      from: { path: '^src/cli/commands/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/cli/(commands/|command-line|program|main)' },
    },
    {
      name: 'exports-know-views-alone',
      severity: 'error',
      from: { path: '^runs/(export|import)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^emulator/(cpu/(?!bus\\.ts)|nrf52840|parts|boards|probes|machine)|^runs/(simulation|tflm|tflite|image)/',
      },
    },
    {
      name: 'runs-are-the-same-in-a-browser',
      severity: 'error',
      from: { path: '^runs/', pathNot: '\\.test\\.ts$|/testing/' },
      to: { path: '^(src|web|test)/' },
    },
    {
      name: 'runs-need-no-node',
      severity: 'error',
      from: { path: '^runs/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'runs-have-these-packages-alone',
      severity: 'error',
      from: { path: '^runs/', pathNot: '\\.test\\.ts$' },
      to: {
        path: 'node_modules',
        pathNot:
          'node_modules/(@bufbuild/protobuf|@noble/hashes|cli-table3|csv-parse/dist/esm|fflate|flatbuffers|gecko-profiler-demangle|nrf-intel-hex|picocolors)/',
      },
    },
    {
      name: 'text-for-terminals-can-be-left-out',
      severity: 'error',
      from: {
        path: '^runs/',
        pathNot: '\\.test\\.ts$|^runs/(report/show|compare/show|annotate/show|recording/show|budget/show)/',
      },
      to: { path: 'node_modules/(cli-table3|picocolors)/', reachable: true },
    },
    {
      name: 'the-page-knows-no-node',
      severity: 'error',
      from: { path: '^web/', pathNot: '\\.test\\.tsx?$|vite\\.config' },
      to: { path: '^(src|test|bench)/' },
    },
    {
      name: 'nobody-knows-the-page',
      severity: 'error',
      from: { path: '^(emulator|runs|src)/' },
      to: { path: '^web/' },
    },
    {
      name: 'running-below-lab-and-fidelity',
      severity: 'error',
      from: { path: '^src/running/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(lab|fidelity)/' },
    },
    {
      name: 'tflm-knows-image-and-model',
      severity: 'error',
      from: { path: '^runs/tflm/', pathNot: '\\.test\\.ts$' },
      to: { path: '^runs/', pathNot: '^runs/(tflm|image|tflite|bytes|errors\\.ts)' },
    },
    {
      name: 'lab-reports-know-no-run',
      severity: 'error',
      from: { path: '^runs/lab-report/', pathNot: '\\.test\\.ts$|/testing/' },
      to: {
        path: '^(emulator|runs)/',
        pathNot:
          '^runs/(lab-report/|report/show/format|report/schema/(schema-parts|validate)|report/read-json|verdict|errors)',
      },
    },
    {
      name: 'lab-show-knows-the-report-alone',
      severity: 'error',
      from: { path: '^src/lab/show/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^(emulator|runs|src)/',
        pathNot: '^runs/(report/show/(format|markup|style)|verdict|lab-report/)|^src/lab/show/',
      },
    },
    {
      name: 'lab-techniques-plan-and-arrange',
      severity: 'error',
      from: { path: '^src/lab/techniques/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^src/lab/(engine|make|report|show)/|^src/(cli|toolchain)/|^runs/report|^emulator/',
        pathNot: '^runs/report/show/format\\.ts$',
      },
    },
    {
      name: 'lab-engine-knows-no-maker',
      severity: 'error',
      from: { path: '^src/lab/engine/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/lab/(make|report)/' },
    },
    {
      name: 'lab-makes-without-techniques',
      severity: 'error',
      from: { path: '^src/lab/(engine|make)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/lab/(techniques|show)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
}
