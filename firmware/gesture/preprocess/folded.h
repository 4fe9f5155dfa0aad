// Unit, mean, deviation, scale and zero point of the model's input in one factor and one term for each channel, worked
// out by the compiler. An int8 input is filled with integers alone: bits x factor + term, shifted and saturated; one of
// float32 with a multiplication and an addition.
#pragma once

#include "generated/quantisation.h"
#include "gesture/classifier.h"

namespace gesture {
namespace folded {

// stored = bits * gain + offset; a float32 input has scale 1 and zero point 0.
constexpr double gain(int channel) {
  return static_cast<double>(kUnitPerBit[channel]) / metadata::kStd[channel] / quantisation::kScale;
}
constexpr double offset(int channel) {
  return -static_cast<double>(metadata::kMean[channel]) / metadata::kStd[channel] / quantisation::kScale +
         quantisation::kZeroPoint;
}
constexpr double magnitude(double value) { return value < 0 ? -value : value; }

// The most bits behind the point with which no sample overflows 32 bits.
constexpr int shift() {
  double largest = 0;
  for (int channel = 0; channel < kChannels; channel++) {
    const double reached = 32768 * gain(channel) + magnitude(offset(channel)) + 1;
    if (reached > largest) largest = reached;
  }
  int bits = 24;
  while (bits > 0 && largest * (1 << bits) >= 2147483647.0) bits--;
  return bits;
}
constexpr int kShift = shift();

// Of what is not saturated, in steps of the input: factor and term are each wrong by half their last bit.
constexpr double error() {
  double most = 0;
  for (int channel = 0; channel < kChannels; channel++) {
    const double largest_bits = (magnitude(offset(channel)) + 128) / gain(channel);
    const double error = (0.5 * (largest_bits < 32768 ? largest_bits : 32768) + 0.5) / (1 << kShift);
    if (error > most) most = error;
  }
  return most;
}

struct Coefficients {
  int32_t factor[kChannels], term[kChannels];
  float gain[kChannels], offset[kChannels];
};

constexpr int32_t rounded(double value) { return static_cast<int32_t>(value < 0 ? value - 0.5 : value + 0.5); }

constexpr Coefficients coefficients() {
  Coefficients all = {};
  for (int channel = 0; channel < kChannels; channel++) {
    all.gain[channel] = static_cast<float>(gain(channel));
    all.offset[channel] = static_cast<float>(offset(channel));
    if (!quantisation::kInt8) continue;
    all.factor[channel] = rounded(gain(channel) * (1 << kShift));
    // The half step that makes rounding of the shift.
    all.term[channel] = rounded((offset(channel) + 0.5) * (1 << kShift));
  }
  return all;
}
inline constexpr Coefficients k = coefficients();

inline int8_t stored(int16_t bits, int channel) {
  const int32_t q = (bits * k.factor[channel] + k.term[channel]) >> kShift;
  return static_cast<int8_t>(q < -128 ? -128 : q > 127 ? 127 : q);
}

}  // namespace folded

inline void fill(TfLiteTensor& input, const Window& window) {
  if constexpr (quantisation::kInt8) {
    static_assert(folded::error() < 0.5, "an integer of 32 bits is too coarse for this normalisation");
    int8_t* out = input.data.int8;
    window.for_each([&](const auto& sample) {
#pragma GCC unroll 6
      for (int channel = 0; channel < kChannels; channel++) {
        const int16_t bits = channel < 3 ? sample.acceleration[channel] : sample.rate[channel - 3];
        *out++ = folded::stored(bits, channel);
      }
    });
  } else {
    float* out = input.data.f;
    window.for_each([&](const auto& sample) {
#pragma GCC unroll 6
      for (int channel = 0; channel < kChannels; channel++) {
        const int16_t bits = channel < 3 ? sample.acceleration[channel] : sample.rate[channel - 3];
        *out++ = bits * folded::k.gain[channel] + folded::k.offset[channel];
      }
    });
  }
}

}  // namespace gesture
