// TFLM around the embedded model.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tensorflow/lite/micro/micro_interpreter.h"

extern "C" const uint8_t g_model[];
extern "C" const uint32_t g_model_len;

// Generated at build time: AllOpsResolver, or one with the model's own operators only.
const tflite::MicroOpResolver& model_resolver(tflite::ErrorReporter* reporter);

namespace inference {

// The interpreter with its tensors allocated; anything amiss is fatal(). Prints the model and the arena used.
tflite::MicroInterpreter& start();
// Known once start() has returned.
uint32_t arena_used_bytes();
// Invoke(), fatal() unless it succeeds.
void invoke(tflite::MicroInterpreter& interpreter);

uint32_t fnv1a(const void* bytes, size_t length, uint32_t hash = 0x811C9DC5);

}  // namespace inference
