// Invokes the embedded model BENCH_INFERENCES times on the stock app's input, and prints a hash of its outputs.
// The console is semihosting, so that it runs to its end in QEMU too.
#include "core/probe.h"
#include "drivers/clock.h"
#include "nrf52840/registers.h"
#include "runtime/console.h"
#include "runtime/inference.h"

namespace {

uint32_t state;

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
    state = 1;
    for (size_t input = 0; input < interpreter.inputs_size(); input++) fill(*interpreter.input(input));
    inference::invoke(interpreter);
  }
  bench_end();
  uint32_t hash = inference::fnv1a(nullptr, 0);
  for (size_t i = 0; i < interpreter.outputs_size(); i++) {
    const TfLiteTensor& output = *interpreter.output(i);
    hash = inference::fnv1a(output.data.raw, output.bytes, hash);
  }
  console::print("hash=%08x\n", hash);
  return 0;
}
