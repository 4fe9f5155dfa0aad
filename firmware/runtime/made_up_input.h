// Inputs from a linear congruential generator and a hash of the outputs: the same figure on an emulator, in QEMU and on
// a board when the arithmetic is the same.
#pragma once

#include "runtime/inference.h"

namespace made_up {

class Generator {
 public:
  // Of float32, -1 to 127/128 in steps of 1/128.
  void fill(TfLiteTensor& tensor) {
    if (tensor.type == kTfLiteFloat32) {
      for (size_t i = 0; i < tensor.bytes / sizeof(float); i++) {
        tensor.data.f[i] = (static_cast<int>(next_byte()) - 128) / 128.0f;
      }
    } else {
      for (size_t i = 0; i < tensor.bytes; i++) tensor.data.uint8[i] = next_byte();
    }
  }

 private:
  uint8_t next_byte() {
    state_ = state_ * 1664525u + 1013904223u;
    return state_ >> 24;
  }

  uint32_t state_ = 1;
};

inline void fill_inputs(tflite::MicroInterpreter& interpreter) {
  Generator generator;
  for (size_t i = 0; i < interpreter.inputs_size(); i++) generator.fill(*interpreter.input(i));
}

inline uint32_t hash_outputs(tflite::MicroInterpreter& interpreter) {
  uint32_t hash = inference::fnv1a(nullptr, 0);
  for (size_t i = 0; i < interpreter.outputs_size(); i++) {
    const TfLiteTensor& output = *interpreter.output(i);
    hash = inference::fnv1a(output.data.raw, output.bytes, hash);
  }
  return hash;
}

}  // namespace made_up
