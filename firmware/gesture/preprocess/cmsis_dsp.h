// The same with the vector functions of CMSIS-DSP, a block of samples at a time: they want contiguous vectors, and a
// factor and a mean for each element. Rounding in another order than the loop, it may be off by one step beside a tie.
#pragma once

#include <string.h>

#include "dsp/basic_math_functions.h"
#include "dsp/support_functions.h"
#include "gesture/classifier.h"

namespace gesture {
namespace dsp {

constexpr int kBlockSamples = 20;
constexpr int kBlockValues = kBlockSamples * kChannels;
constexpr float kQ15One = 32768;
constexpr float kQ7One = 128;

struct Vector {
  float32_t values[kBlockValues];
};

template <typename OfChannel>
constexpr Vector repeated(OfChannel of_channel) {
  Vector vector = {};
  for (int i = 0; i < kBlockValues; i++) vector.values[i] = of_channel(i % kChannels);
  return vector;
}

// arm_q15_to_float() gives bits / 32768.
inline constexpr Vector kGain =
    repeated([](int channel) { return kQ15One * kUnitPerBit[channel] / metadata::kStd[channel]; });
inline constexpr Vector kCentre = repeated([](int channel) { return metadata::kMean[channel] / metadata::kStd[channel]; });

inline void normalise(const q15_t* raw, float32_t* out, uint32_t count) {
  arm_q15_to_float(raw, out, count);
  arm_mult_f32(out, kGain.values, out, count);
  arm_sub_f32(out, kCentre.values, out, count);
}

// arm_float_to_q7() multiplies by 128, rounds (as built with ARM_MATH_ROUNDING) and saturates.
inline void quantise(float32_t* values, int8_t* out, uint32_t count, const TfLiteQuantizationParams& to) {
  arm_scale_f32(values, 1 / (to.scale * kQ7One), values, count);
  arm_offset_f32(values, to.zero_point / kQ7One, values, count);
  arm_float_to_q7(values, out, count);
}

}  // namespace dsp

inline void fill(TfLiteTensor& input, const Window& window) {
  q15_t raw[dsp::kBlockValues];
  float32_t normalised[dsp::kBlockValues];
  uint32_t count = 0, done = 0;
  const auto flush = [&] {
    if (input.type == kTfLiteInt8) {
      dsp::normalise(raw, normalised, count);
      dsp::quantise(normalised, input.data.int8 + done, count, input.params);
    } else {
      dsp::normalise(raw, input.data.f + done, count);
    }
    done += count;
    count = 0;
  };
  window.for_each([&](const auto& sample) {
    static_assert(sizeof sample == 6 * sizeof(q15_t), "acceleration and rate are contiguous");
    memcpy(raw + count, &sample, kChannels * sizeof(q15_t));
    count += kChannels;
    if (count == dsp::kBlockValues) flush();
  });
  if (count > 0) flush();
}

}  // namespace gesture
