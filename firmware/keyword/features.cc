#include "keyword/features.h"

#include <string.h>

#include "runtime/console.h"
#include "tensorflow/lite/experimental/microfrontend/lib/frontend.h"
#include "tensorflow/lite/experimental/microfrontend/lib/frontend_util.h"

namespace features {
namespace {

FrontendState state;
uint8_t slices[kSlices][kSliceFeatures];
uint32_t pushed;

// Training scaled features of 0 to 26 (logarithm, 6 fractional bits, times 25.6) to 0 to 255.
uint8_t scaled(uint16_t feature) {
  constexpr uint32_t kScale = 256 * 10, kDivisor = 26 * 256;
  const uint32_t value = (feature * kScale + kDivisor / 2) / kDivisor;
  return value > 255 ? 255 : value;
}

}  // namespace

void start() {
  // As micro_speech was trained: examples/micro_speech/micro_features/micro_features_generator.cc of TFLM.
  FrontendConfig config;
  config.window.size_ms = 30;
  config.window.step_size_ms = 20;
  config.filterbank.num_channels = kSliceFeatures;
  config.filterbank.lower_band_limit = 125;
  config.filterbank.upper_band_limit = 7500;
  config.noise_reduction.smoothing_bits = 10;
  config.noise_reduction.even_smoothing = 0.025f;
  config.noise_reduction.odd_smoothing = 0.06f;
  config.noise_reduction.min_signal_remaining = 0.05f;
  config.pcan_gain_control.enable_pcan = 1;
  config.pcan_gain_control.strength = 0.95f;
  config.pcan_gain_control.offset = 80;
  config.pcan_gain_control.gain_bits = 21;
  config.log_scale.enable_log = 1;
  config.log_scale.scale_shift = 6;
  if (!FrontendPopulateState(&config, &state, 16000)) fatal("no memory for the audio front end");
}

void reset() {
  FrontendReset(&state);
  memset(slices, 0, sizeof slices);
  pushed = 0;
}

void push(const int16_t* samples) {
  size_t left = kStrideSamples;
  while (left > 0) {
    size_t taken = 0;
    const FrontendOutput output = FrontendProcessSamples(&state, samples, left, &taken);
    samples += taken;
    left -= taken;
    if (output.size != kSliceFeatures) continue;
    for (int i = 0; i < kSliceFeatures; i++) slices[pushed % kSlices][i] = scaled(output.values[i]);
    pushed++;
  }
}

uint32_t count() { return pushed; }

void copy_to(uint8_t* input) {
  const uint32_t oldest = pushed % kSlices;
  memcpy(input, slices[oldest], (kSlices - oldest) * kSliceFeatures);
  memcpy(input + (kSlices - oldest) * kSliceFeatures, slices[0], oldest * kSliceFeatures);
}

}  // namespace features
