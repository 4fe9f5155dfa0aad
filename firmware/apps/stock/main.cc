// Runs whatever model is embedded once, on inputs from a linear congruential generator, and prints a hash of
// its outputs: the same figure on an emulator, in QEMU and on a board when the arithmetic is the same.
// With -DSTOCK_PRINT_OUTPUTS it prints the outputs' bytes too.
#include "core/probe.h"
#include "drivers/clock.h"
#include "nrf52840/registers.h"
#include "runtime/console.h"
#include "runtime/made_up_input.h"
#include "runtime/marker.h"

int main() {
  // QEMU's mps2-an386 has the same core and memory at the same addresses, and none of the peripherals.
  if (probe_word(nrf::ficr::INFO_PART, 0) == nrf::ficr::kPart) clock::start();
  core::enable_trace();
  console::start();

  auto& interpreter = inference::start();
  made_up::fill_inputs(interpreter);

  marker::Phase phase("inference");
  phase.begin();
  inference::invoke(interpreter);
  phase.end();

#ifdef STOCK_PRINT_OUTPUTS
  for (size_t i = 0; i < interpreter.outputs_size(); i++) {
    const TfLiteTensor& output = *interpreter.output(i);
    console::print("output %u: ", static_cast<uint32_t>(i));
    for (size_t at = 0; at < output.bytes; at++) console::print("%02x", output.data.uint8[at]);
    console::write("\n");
  }
#endif
  console::print("arena_used=%u hash=%08x cycles=%u\n", inference::arena_used_bytes(),
                 made_up::hash_outputs(interpreter), phase.take());
  return 0;
}
