// Interpreters as other people's firmware makes them. The second word of `scene` says which (the test writes it into the
// ELF file); each line of the console holds what the firmware itself measured.
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <new>

#include "core/cortex_m4.h"
#include "runtime/console.h"
#include "tensorflow/lite/micro/kernels/all_ops_resolver.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"

extern "C" const uint8_t g_model[];
extern "C" const uint32_t g_model_len;

// A second model, as a file that the build names.
asm(".section .rodata.g_second_model, \"a\", %progbits\n.balign 16\n.global g_second_model\n"
    ".type g_second_model, %object\ng_second_model:\n.incbin \"" SECOND_MODEL "\"\n"
    ".size g_second_model, . - g_second_model\ng_second_model_end:\n.previous");
extern "C" const uint8_t g_second_model[], g_second_model_end[];

namespace {

constexpr size_t kBytes = 6 * 1024;
alignas(16) uint8_t scratchpad[kBytes];
alignas(16) uint8_t second_pad[kBytes];
// What has arena in its name and is none.
uint32_t arena_size = kBytes;

class Reporter final : public tflite::ErrorReporter {
 public:
  int Report(const char*, va_list) override {
    reports++;
    return 0;
  }
  uint32_t reports = 0;

 private:
  TF_LITE_REMOVE_VIRTUAL_DELETE
};

Reporter& reporter() {
  static Reporter one;
  return one;
}

tflite::ops::micro::AllOpsResolver& resolver() {
  static tflite::ops::micro::AllOpsResolver all;
  return all;
}

uint32_t now() { return *reinterpret_cast<volatile uint32_t*>(0xE0001004); }

void run(const char* scene, tflite::MicroInterpreter& interpreter, uint32_t times) {
  uint32_t cycles = 0;
  for (uint32_t i = 0; i < times; i++) {
    const uint32_t begin = now();
    if (interpreter.Invoke() != kTfLiteOk) console::print("Invoke failed\n");
    cycles += now() - begin;
  }
  console::print("%s: used %u, %u invocations, %u cycles\n", scene,
                 static_cast<uint32_t>(interpreter.arena_used_bytes()), times, cycles);
}

// Not inlined: interpreters of one function lie where those of the one before lay.
__attribute__((noinline)) void on_stack(const char* scene, const void* model, uint8_t* memory, uint32_t times) {
  tflite::MicroInterpreter interpreter(tflite::GetModel(model), resolver(), memory, kBytes, &reporter());
  interpreter.AllocateTensors();
  run(scene, interpreter, times);
}

__attribute__((noinline)) void two_static() {
  static tflite::MicroInterpreter first(tflite::GetModel(g_model), resolver(), scratchpad, kBytes, &reporter());
  static tflite::MicroInterpreter second(tflite::GetModel(g_second_model), resolver(), second_pad, kBytes,
                                         &reporter());
  first.AllocateTensors();
  second.AllocateTensors();
  run("first", first, 2);
  run("second", second, 1);
  run("first", first, 1);
}

__attribute__((noinline)) void two_of_one_model() {
  static tflite::MicroInterpreter left(tflite::GetModel(g_model), resolver(), scratchpad, kBytes, &reporter());
  static tflite::MicroInterpreter right(tflite::GetModel(g_model), resolver(), second_pad, kBytes, &reporter());
  left.AllocateTensors();
  right.AllocateTensors();
  run("left", left, 1);
  run("right", right, 2);
}

// Both models in one place in RAM, one after the other.
__attribute__((noinline)) void copied() {
  alignas(16) static uint8_t model_copy[48 * 1024];
  memcpy(model_copy, g_model, g_model_len);
  on_stack("copy", model_copy, scratchpad, 1);
  memcpy(model_copy, g_second_model, g_second_model_end - g_second_model);
  on_stack("copy", model_copy, scratchpad, 2);
}

__attribute__((noinline)) void arena_on_stack() {
  alignas(16) uint8_t memory[kBytes];
  on_stack("arena on stack", g_model, memory, 1);
}

// An arena in a part of a larger one.
__attribute__((noinline)) void nested() {
  on_stack("whole", g_second_model, scratchpad, 1);
  alignas(16) static uint8_t pool[2 * kBytes];
  on_stack("lower", g_model, pool, 1);
  on_stack("upper", g_second_model, pool + kBytes, 1);
}

__attribute__((noinline)) void never_invoked() {
  static tflite::MicroInterpreter idle(tflite::GetModel(g_model), resolver(), scratchpad, kBytes, &reporter());
  idle.AllocateTensors();
  console::print("idle: used %u\n", static_cast<uint32_t>(idle.arena_used_bytes()));
}

__attribute__((noinline)) void each_time_anew() {
  for (int i = 0; i < 5; i++) on_stack("anew", i % 2 ? g_second_model : g_model, scratchpad, 1);
}

}  // namespace

extern "C" uint8_t __HeapBase[];

__attribute__((noinline)) static void on_heap() {
  on_stack("heap", g_model, __HeapBase + (-reinterpret_cast<uintptr_t>(__HeapBase) & 15), 1);
}

extern "C" {
volatile uint32_t scene[2] = {0x5ce4e5ce, 0};
}

int main() {
  core::enable_trace();
  console::start();
  console::print("arena: %u bytes reserved\n", arena_size);
  void (*const scenes[])() = {two_static, two_of_one_model, copied,        arena_on_stack,
                              nested,     never_invoked,    each_time_anew, on_heap};
  scenes[scene[1]]();
  return 0;
}
