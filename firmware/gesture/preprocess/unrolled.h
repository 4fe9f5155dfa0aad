// The arithmetic of the loop in classifier.h to the bit, one channel after the other without a loop over them: indices,
// units, means and deviations are constants of the code, and the type of the input is asked for once.
#pragma once

#include <utility>

#include "gesture/classifier.h"

namespace gesture {

template <int channel, typename Sample>
inline int16_t bits_of(const Sample& sample) {
  if constexpr (channel < 3) {
    return sample.acceleration[channel];
  } else {
    return sample.rate[channel - 3];
  }
}

template <typename Sample, typename Store, int... channels>
inline void each_channel(const Sample& sample, Store&& store, std::integer_sequence<int, channels...>) {
  (store(normalised(bits_of<channels>(sample), channels), channels), ...);
}

inline void fill(TfLiteTensor& input, const Window& window) {
  constexpr std::make_integer_sequence<int, kChannels> kAll;
  if (input.type == kTfLiteInt8) {
    const TfLiteQuantizationParams to = input.params;
    int8_t* out = input.data.int8;
    window.for_each([&](const auto& sample) {
      each_channel(sample, [&](float value, int channel) { out[channel] = quantised(value, to); }, kAll);
      out += kChannels;
    });
  } else {
    float* out = input.data.f;
    window.for_each([&](const auto& sample) {
      each_channel(sample, [&](float value, int channel) { out[channel] = value; }, kAll);
      out += kChannels;
    });
  }
}

}  // namespace gesture
