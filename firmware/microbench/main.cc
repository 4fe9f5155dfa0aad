// Runs every kernel and prints "name cycles bodies" a line; src/fidelity/ reads it. README.md says how to run it on a
// board.
#include "core/cortex_m4.h"
#include "core/probe.h"
#include "drivers/clock.h"
#include "nrf52840/registers.h"
#include "runtime/console.h"

namespace {

enum class Cache : uint8_t { kOn, kOff, kCold };

constexpr uint8_t kLoop = 1, kCodeRam = 2;
constexpr uintptr_t kRam = 0x20000000, kCodeRamBase = 0x00800000;
constexpr uint32_t kFirstSoftwareInterrupt = 20;
constexpr uint32_t kLowInterrupt = 24;              // SWI4
constexpr uintptr_t kNvicIpr = 0xE000E400;         // ARMv7-M ARM B3.4.9
constexpr uintptr_t kActlr = 0xE000E008;           // Cortex-M4 TRM 4.2
constexpr uintptr_t kFpccr = 0xE000EF34;           // ARMv7-M ARM B3.2.21
constexpr uint32_t kLazyStacking = 3u << 30;       // ASPEN, LSPEN: as after reset
constexpr int kTries = 3;

struct Kernel {
  const char* name;
  uint32_t (*run)(uint32_t count);
  uint32_t (*empty)(uint32_t count);
  uint32_t bodies;
  uint32_t gaps;
  uint8_t flags;
  Cache cache;
  uint8_t reserved[2];
};

void set_cache(bool on) {
  if ((reg(nrf::nvmc::ICACHECNF) == nrf::nvmc::kCacheEnable) == on) return;
  reg(nrf::nvmc::ICACHECNF) = on ? nrf::nvmc::kCacheEnable : 0;
  asm volatile("dsb\n\tisb" ::: "memory");
}

using Function = uint32_t (*)(uint32_t);

// Calls it twice, from RAM: what runs in between must not take the kernel's lines of the instruction cache.
extern "C" uint32_t microbench_run_twice(Function function, uint32_t count);

uint32_t run_once(Function function, uint32_t count, Cache cache) {
  reg(kActlr) = 0;
  reg(kFpccr) = kLazyStacking;
  asm volatile("dsb\n\tisb" ::: "memory");
  if (cache != Cache::kOn) set_cache(false);  // this invalidates it
  if (cache != Cache::kOff) set_cache(true);
  return cache == Cache::kOn ? microbench_run_twice(function, count) : function(count);
}

// The shortest of some tries: on a board, anything else that happens only adds cycles.
uint32_t cycles_of(Function function, uint32_t count, Cache cache) {
  uint32_t least = UINT32_MAX;
  for (int i = 0; i < kTries; i++) {
    const uint32_t cycles = run_once(function, count, cache);
    if (cycles < least) least = cycles;
  }
  return least;
}

Function place(Function function, const Kernel& kernel) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(function);
  return kernel.flags & kCodeRam ? reinterpret_cast<Function>(address - kRam + kCodeRamBase) : function;
}

int32_t measure(const Kernel& kernel) {
  const Function run = place(kernel.run, kernel);
  if (kernel.flags & kLoop)
    return static_cast<int32_t>(cycles_of(run, 200, kernel.cache) - cycles_of(run, 100, kernel.cache));
  const Function empty = place(kernel.empty, kernel);
  const uint32_t net = cycles_of(run, 0, kernel.cache) - cycles_of(empty, 0, kernel.cache);
  return static_cast<int32_t>(net - kernel.bodies * kernel.gaps);
}

}  // namespace

extern "C" const Kernel microbench_table[];

int main() {
  const unsigned part = probe_word(nrf::ficr::INFO_PART, 0);
  clock::start();
  core::enable_trace();
  console::start();
  // SWI3 (IRQ 23) uses floating point in its handler; all four have the same priority, so they tail-chain.
  for (uint32_t i = 0; i < 4; i++) core::enable_irq(kFirstSoftwareInterrupt + i);
  // SysTick has a higher priority than this one: arrivals.asm.
  reg(kNvicIpr + kLowInterrupt) = 0x80;
  core::enable_irq(kLowInterrupt);

  console::print("microbench 1 part %x kernels %08x\n", part, static_cast<unsigned>(MICROBENCH_KERNELS));
  uint32_t kernels = 0;
  for (const Kernel* kernel = microbench_table; kernel->name != nullptr; kernel++, kernels++) {
    const int32_t cycles = measure(*kernel);
    console::print("%s %d %u\n", kernel->name, cycles, kernel->bodies);
  }
  console::print("microbench end %u\n", kernels);
  firmware_exit(0);
}
