import { defineConfig } from 'boardless'

export default defineConfig({
  targets: {
    crc: {
      build:
        'cmake -S . -B build -DCMAKE_TOOLCHAIN_FILE=arm-none-eabi.cmake -DCMAKE_BUILD_TYPE=Release && cmake --build build',
      firmware: 'build/crc.elf',
      board: 'nrf52840dk',
      until: '^crc ok$',
      budgets: {
        'measure crc32': '1.2 ms',
        flash: '1 kB',
        stack: { max: '64 B', severity: 'soft' },
        'unmodelled accesses': 0,
      },
    },
  },
})
