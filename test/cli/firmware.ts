import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const script = (origin: number): string => `
SECTIONS {
  . = ${origin};
  .vectors : { KEEP(*(.vectors)) }
  .text : { *(.text*) *(.rodata*) }
  .data 0x20000000 : AT(LOADADDR(.text) + SIZEOF(.text)) { *(.data*) }
  .bss 0x20008000 (NOLOAD) : { *(.bss*) }
  __StackTop = 0x20040000;
  __StackLimit = 0x2003F000;
}`

const runtime = `
#include <stdint.h>
static inline int semihosting(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}
static inline void print(const char *text) { semihosting(4, text); }
static inline void leave(int code) { const uint32_t block[2] = {0x20026, (uint32_t)code}; semihosting(0x20, block); }
int main(void) __attribute__((noinline));
void reset(void) { main(); for (;;) __asm__ volatile("wfi"); }
void spin_for_ever(void) { for (;;) ; }
__attribute__((section(".vectors"), used)) void *const vectors[64] = { (void *)0x20040000, (void *)reset, (void *)spin_for_ever,
  (void *)spin_for_ever, (void *)spin_for_ever, (void *)spin_for_ever, (void *)spin_for_ever };
#define REG(address) (*(volatile uint32_t *)(address))
`

const folder = mkdtempSync(join(tmpdir(), 'boardless-firmware-'))

/** Compiles a C or C++ program that no part of this repository has a hand in. @returns the path of its ELF */
export function compile(
  name: string,
  source: string,
  flags = '-O1 -g',
  language: 'c' | 'cc' = 'c',
  origin = 0,
): string {
  const layout = `${origin}.ld`
  writeFileSync(join(folder, layout), script(origin))
  writeFileSync(
    join(folder, `${name}.${language}`),
    language === 'c' ? runtime + source : `extern "C" {${runtime}}\n${source}`,
  )
  const target = `-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -nostdlib -ffreestanding -Wl,-T,${layout} -Wl,-e,reset`
  const args = [...target.split(' '), ...flags.split(' '), `${name}.${language}`, '-o', `${name}.elf`]
  execFileSync(language === 'c' ? 'arm-none-eabi-gcc' : 'arm-none-eabi-g++', args, {
    cwd: folder,
    stdio: 'pipe',
  })
  return join(folder, `${name}.elf`)
}

/** Its sources in a folder, with `build.sh` that makes app.elf of main.c there: a project of somebody's. */
export function writeProject(folder: string, source: string): void {
  const target = `-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -nostdlib -ffreestanding`
  writeFileSync(join(folder, 'link.ld'), script(0))
  writeFileSync(join(folder, 'runtime.h'), runtime)
  writeFileSync(join(folder, 'main.c'), `#include "runtime.h"\n${source}`)
  writeFileSync(
    join(folder, 'build.sh'),
    `exec arm-none-eabi-gcc ${target} -Wl,-T,link.ld -Wl,-e,reset -O1 -g main.c -o app.elf\n`,
  )
}

/** The same, linked at another address. */
export const compileAt = (origin: number, name: string, source: string): string =>
  compile(name, source, '-O1 -g', 'c', origin)

export function toHex(elf: string): string {
  const hex = elf.replace(/\.elf$/, '.hex')
  execFileSync('arm-none-eabi-objcopy', ['-O', 'ihex', elf, hex])
  return hex
}

export function toBinary(elf: string): string {
  const bin = elf.replace(/\.elf$/, '.bin')
  execFileSync('arm-none-eabi-objcopy', ['-O', 'binary', elf, bin])
  return bin
}
