#include "runtime/inference.h"

#include <string.h>

#include <new>

#include "runtime/console.h"
#include "tensorflow/lite/micro/compatibility.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "tensorflow/lite/version.h"

#ifndef BOARDLESS_ARENA_BYTES
#error "BOARDLESS_ARENA_BYTES is given by the build"
#endif
#ifndef BOARDLESS_KERNELS
#define BOARDLESS_KERNELS "reference"
#endif

alignas(16) uint8_t tensor_arena[BOARDLESS_ARENA_BYTES];

namespace inference {
namespace {

// TFLM's own MicroErrorReporter formats "%s" but not "%u"; ours takes all that console::print does.
class Reporter final : public tflite::ErrorReporter {
 public:
  int Report(const char* format, va_list arguments) override {
    if (muted) return 0;
    console::print(format, arguments);
    console::write("\n");
    // Kernels of this TFLM go on with the null pointer that a failed allocation gives them.
    if (strncmp(format, "Failed to allocate", 18) == 0) {
      fatal("the arena of %u bytes is too small", static_cast<uint32_t>(sizeof tensor_arena));
    }
    return 0;
  }

  bool muted = false;

 private:
  TF_LITE_REMOVE_VIRTUAL_DELETE
};

uint32_t used_bytes;
alignas(Reporter) uint8_t reporter_memory[sizeof(Reporter)];
alignas(tflite::MicroInterpreter) uint8_t interpreter_memory[sizeof(tflite::MicroInterpreter)];

}  // namespace

tflite::MicroInterpreter& start() {
  auto* reporter = new (reporter_memory) Reporter;
  console::print("model: %u bytes, fnv1a %08x, kernels %s\n", g_model_len, fnv1a(g_model, g_model_len),
                 BOARDLESS_KERNELS);
  const tflite::Model* model = tflite::GetModel(g_model);
  if (model->version() != TFLITE_SCHEMA_VERSION) {
    fatal("the model has schema version %u, and this TFLM reads %u", model->version(), TFLITE_SCHEMA_VERSION);
  }
  auto* interpreter = new (interpreter_memory) tflite::MicroInterpreter(
      model, model_resolver(reporter), tensor_arena, sizeof tensor_arena, reporter);
  if (interpreter->initialization_status() != kTfLiteOk || interpreter->AllocateTensors() != kTfLiteOk) {
    fatal("AllocateTensors failed with an arena of %u bytes", static_cast<uint32_t>(sizeof tensor_arena));
  }
  // arena_used_bytes() reports its parts as if they were errors.
  reporter->muted = true;
  used_bytes = interpreter->arena_used_bytes();
  reporter->muted = false;
  console::print("arena used: %u of %u bytes\n", used_bytes, static_cast<uint32_t>(sizeof tensor_arena));
  return *interpreter;
}

uint32_t arena_used_bytes() { return used_bytes; }

void invoke(tflite::MicroInterpreter& interpreter) {
  if (interpreter.Invoke() != kTfLiteOk) fatal("Invoke failed");
}

uint32_t fnv1a(const void* bytes, size_t length, uint32_t hash) {
  const auto* at = static_cast<const uint8_t*>(bytes);
  for (size_t i = 0; i < length; i++) hash = (hash ^ at[i]) * 0x01000193;
  return hash;
}

}  // namespace inference
