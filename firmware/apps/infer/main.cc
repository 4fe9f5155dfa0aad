// Runs the embedded model on whatever comes in through semihosting's standard input: the bytes of all its inputs,
// inference after inference, to the end. The bytes of all its outputs go to standard output, raw; the last line of
// text before them is "infer: N bytes in, M bytes out".
#include "core/probe.h"
#include "core/semihosting.h"
#include "drivers/clock.h"
#include "nrf52840/registers.h"
#include "runtime/console.h"
#include "runtime/inference.h"
#include "runtime/marker.h"

namespace {

constexpr uint32_t kModeRead = 0;
constexpr uint32_t kModeWrite = 4;

uint32_t open_console(uint32_t mode) {
  const uint32_t block[] = {reinterpret_cast<uintptr_t>(":tt"), mode, 3};
  const uint32_t handle = semihosting::call(semihosting::kSysOpen, block);
  if (static_cast<int32_t>(handle) < 0) fatal("semihosting gives no console");
  return handle;
}

// Reads `length` bytes, or as many as there still are.
uint32_t read(uint32_t handle, uint8_t* to, uint32_t length) {
  uint32_t done = 0;
  while (done < length) {
    const uint32_t wanted = length - done;
    const uint32_t block[] = {handle, reinterpret_cast<uintptr_t>(to + done), wanted};
    const uint32_t missing = semihosting::call(semihosting::kSysRead, block);
    if (missing > wanted) fatal("standard input cannot be read");
    if (missing == wanted) break;
    done += wanted - missing;
  }
  return done;
}

void write(uint32_t handle, const uint8_t* from, uint32_t length) {
  const uint32_t block[] = {handle, reinterpret_cast<uintptr_t>(from), length};
  if (semihosting::call(semihosting::kSysWrite, block) != 0) fatal("standard output cannot be written");
}

}  // namespace

int main() {
  if (probe_word(nrf::ficr::INFO_PART, 0) == nrf::ficr::kPart) clock::start();
  core::enable_trace();
  console::start();

  auto& interpreter = inference::start();
  const uint32_t in = open_console(kModeRead);
  const uint32_t out = open_console(kModeWrite);
  uint32_t bytes_in = 0, bytes_out = 0;
  for (size_t i = 0; i < interpreter.inputs_size(); i++) bytes_in += interpreter.input(i)->bytes;
  for (size_t i = 0; i < interpreter.outputs_size(); i++) bytes_out += interpreter.output(i)->bytes;
  console::print("infer: %u bytes in, %u bytes out\n", bytes_in, bytes_out);

  marker::Phase phase("inference");
  while (true) {
    uint32_t got = 0;
    for (size_t i = 0; i < interpreter.inputs_size(); i++) {
      TfLiteTensor& input = *interpreter.input(i);
      got += read(in, input.data.uint8, input.bytes);
    }
    if (got == 0) semihosting::exit(0);
    if (got < bytes_in) {
      console::write("\n");
      fatal("standard input ends after %u bytes of an input of %u", got, bytes_in);
    }

    phase.begin();
    inference::invoke(interpreter);
    phase.end();
    for (size_t i = 0; i < interpreter.outputs_size(); i++) {
      const TfLiteTensor& output = *interpreter.output(i);
      write(out, output.data.uint8, output.bytes);
    }
  }
}
