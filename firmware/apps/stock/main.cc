// Runs whatever model is embedded once, on inputs from a linear congruential generator, and prints a hash of
// its outputs: the same figure on an emulator, in QEMU and on a board when the arithmetic is the same.
// With -DSTOCK_PRINT_OUTPUTS it prints the outputs' bytes too.
#include "core/probe.h"
#include "drivers/clock.h"
#include "nrf52840/registers.h"
#include "runtime/console.h"
#include "runtime/inference.h"
#include "runtime/marker.h"

namespace {

uint32_t state = 1;

uint8_t next_byte() {
  state = state * 1664525u + 1013904223u;
  return state >> 24;
}

void fill(TfLiteTensor& tensor) {
  if (tensor.type == kTfLiteFloat32) {
    for (size_t i = 0; i < tensor.bytes / sizeof(float); i++) {
      tensor.data.f[i] = (static_cast<int>(next_byte()) - 128) / 128.0f;
    }
  } else {
    for (size_t i = 0; i < tensor.bytes; i++) tensor.data.uint8[i] = next_byte();
  }
}

}  // namespace

int main() {
  // QEMU's mps2-an386 has the same core and memory at the same addresses, and none of the peripherals.
  if (probe_word(nrf::ficr::INFO_PART, 0) == nrf::ficr::kPart) clock::start();
  core::enable_trace();
  console::start();

  auto& interpreter = inference::start();
  for (size_t i = 0; i < interpreter.inputs_size(); i++) fill(*interpreter.input(i));

  marker::Phase phase("inference");
  phase.begin();
  inference::invoke(interpreter);
  phase.end();

  uint32_t hash = inference::fnv1a(nullptr, 0);
  for (size_t i = 0; i < interpreter.outputs_size(); i++) {
    const TfLiteTensor& output = *interpreter.output(i);
    hash = inference::fnv1a(output.data.raw, output.bytes, hash);
#ifdef STOCK_PRINT_OUTPUTS
    console::print("output %u: ", static_cast<uint32_t>(i));
    for (size_t at = 0; at < output.bytes; at++) console::print("%02x", output.data.uint8[at]);
    console::write("\n");
#endif
  }
  console::print("arena_used=%u hash=%08x cycles=%u\n", inference::arena_used_bytes(), hash, phase.take());
  return 0;
}
