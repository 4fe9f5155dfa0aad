// Invokes the embedded model BENCH_INFERENCES times on the stock app's input, and prints a hash of its outputs.
// The console is semihosting, so that it runs to its end in QEMU too.
#include "core/probe.h"
#include "drivers/clock.h"
#include "nrf52840/registers.h"
#include "runtime/console.h"
#include "runtime/made_up_input.h"

// What is timed lies between the calls of these.
extern "C" [[gnu::noinline]] void bench_begin() { asm volatile(""); }
extern "C" [[gnu::noinline]] void bench_end() { asm volatile(""); }

int main() {
  // QEMU's mps2-an386 has none of the nRF52840's peripherals.
  if (probe_word(nrf::ficr::INFO_PART, 0) == nrf::ficr::kPart) clock::start();
  console::start();
  auto& interpreter = inference::start();
  bench_begin();
  for (uint32_t i = 0; i < BENCH_INFERENCES; i++) {
    made_up::fill_inputs(interpreter);
    inference::invoke(interpreter);
  }
  bench_end();
  console::print("hash=%08x\n", made_up::hash_outputs(interpreter));
  return 0;
}
