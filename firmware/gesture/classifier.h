// What the gesture apps share: a sliding window of sensor samples, normalised, quantised, classified, printed.
// A header: it depends on the metadata of the model that an app is built with.
#pragma once

#include <math.h>

#include "generated/metadata.h"
#include "parts/imu.h"
#include "runtime/console.h"
#include "runtime/inference.h"
#include "runtime/marker.h"

namespace gesture {

constexpr int kChannels = metadata::kChannels;
static_assert(kChannels <= 6, "channels are the first of ax, ay, az, gx, gy, gz");
constexpr float kUnitPerBit[6] = {
    imu::kGPerBit,
    imu::kGPerBit,
    imu::kGPerBit,
    imu::kDegreesPerSecondPerBit,
    imu::kDegreesPerSecondPerBit,
    imu::kDegreesPerSecondPerBit,
};
constexpr uint32_t kCyclesPerMicrosecond = 64;

// The newest samples; the oldest is overwritten.
class Window {
 public:
  void push(const imu::Sample& sample) {
    samples_[next_] = sample;
    next_ = next_ + 1 == metadata::kWindowSamples ? 0 : next_ + 1;
    if (count_ < metadata::kWindowSamples) count_++;
  }
  void replace_newest(const imu::Sample& sample) {
    samples_[next_ == 0 ? metadata::kWindowSamples - 1 : next_ - 1] = sample;
  }
  void clear() { count_ = next_ = 0; }
  bool full() const { return count_ == metadata::kWindowSamples; }
  // Calls back oldest first; the window must be full.
  template <typename Callback>
  void for_each(Callback&& callback) const {
    for (int i = next_; i < metadata::kWindowSamples; i++) callback(samples_[i]);
    for (int i = 0; i < next_; i++) callback(samples_[i]);
  }

 private:
  imu::Sample samples_[metadata::kWindowSamples];
  int next_ = 0, count_ = 0;
};

struct Prediction {
  int label;
  float probability;
};

inline marker::Phase sensor("sensor"), preprocess("preprocess"), inferring("inference"), output("output");
inline tflite::MicroInterpreter* interpreter;

inline void read_sensor(imu::Sample& sample) {
  sensor.begin();
  const bool read = imu::read(sample);
  sensor.end();
  if (!read) fatal("the %s does not answer", imu::kName);
}

inline void await_sample() {
  bool fresh = false;
  while (!fresh) {
    if (!imu::has_sample(fresh)) fatal("the %s does not answer", imu::kName);
  }
}

inline float normalised(int16_t bits, int channel) {
  return (bits * kUnitPerBit[channel] - metadata::kMean[channel]) / metadata::kStd[channel];
}

inline int8_t quantised(float value, const TfLiteQuantizationParams& to) {
  const float q = roundf(value / to.scale) + to.zero_point;
  return static_cast<int8_t>(q < -128 ? -128 : q > 127 ? 127 : q);
}

#ifndef BOARDLESS_PREPROCESS  // otherwise a file of gesture/preprocess/, which the build chooses
inline void fill(TfLiteTensor& input, const Window& window) {
  int i = 0;
  window.for_each([&](const imu::Sample& sample) {
    for (int channel = 0; channel < kChannels; channel++, i++) {
      const int16_t bits = channel < 3 ? sample.acceleration[channel] : sample.rate[channel - 3];
      const float value = normalised(bits, channel);
      if (input.type == kTfLiteInt8) {
        input.data.int8[i] = quantised(value, input.params);
      } else {
        input.data.f[i] = value;
      }
    }
  });
}
#else
inline void fill(TfLiteTensor& input, const Window& window);
#endif

inline float score(const TfLiteTensor& tensor, int i) {
  if (tensor.type != kTfLiteInt8) return tensor.data.f[i];
  return (tensor.data.int8[i] - tensor.params.zero_point) * tensor.params.scale;
}

inline Prediction most_likely(const TfLiteTensor& tensor) {
  Prediction best = {0, score(tensor, 0)};
  for (int i = 1; i < metadata::kLabels; i++) {
    const float probability = score(tensor, i);
    if (probability > best.probability) best = {i, probability};
  }
  return best;
}

inline void check(const TfLiteTensor& tensor, const char* which, size_t expected) {
  if (tensor.type != kTfLiteInt8 && tensor.type != kTfLiteFloat32) {
    fatal("the model's %s is not int8 or float32", which);
  }
  const size_t elements = tensor.type == kTfLiteFloat32 ? tensor.bytes / sizeof(float) : tensor.bytes;
  if (elements != expected) {
    fatal("the model's %s has %u elements, and the metadata says %u", which, static_cast<uint32_t>(elements),
          static_cast<uint32_t>(expected));
  }
}

// Needs the console.
inline void start() {
  console::print("boardless gesture: %d labels, window of %d samples at %d Hz\n", metadata::kLabels,
                 metadata::kWindowSamples, metadata::kSampleRateHz);
  interpreter = &inference::start();
  check(*interpreter->input(0), "input", metadata::kWindowSamples * kChannels);
  check(*interpreter->output(0), "output", metadata::kLabels);
}

inline void must_start(imu::Status status) {
  switch (status) {
    case imu::Status::ok:
      return;
    case imu::Status::no_answer:
      fatal("the %s does not answer", imu::kName);
    case imu::Status::wrong_identity:
      fatal("what answers at the %s's address is not one", imu::kName);
  }
}

inline Prediction classify(const Window& window) {
  preprocess.begin();
  fill(*interpreter->input(0), window);
  preprocess.end();

  inferring.begin();
  inference::invoke(*interpreter);
  inferring.end();

  output.begin();
  const Prediction prediction = most_likely(*interpreter->output(0));
  output.end();
  return prediction;
}

inline uint32_t microseconds(uint32_t cycles) {
  return (cycles + kCyclesPerMicrosecond / 2) / kCyclesPerMicrosecond;
}

// Cycles are those that the core was awake: CYCCNT stands still while it sleeps.
inline void print(uint32_t number, const Prediction& prediction) {
  const uint32_t cycles[] = {sensor.take(), preprocess.take(), inferring.take(), output.take()};
  console::print(
      "window %u sensor: %u us preprocess: %u us inference: %u us output: %u us "
      "(cycles: %u %u %u %u) prediction: %s %.4f\n",
      number, microseconds(cycles[0]), microseconds(cycles[1]), microseconds(cycles[2]), microseconds(cycles[3]),
      cycles[0], cycles[1], cycles[2], cycles[3], metadata::kLabelNames[prediction.label],
      static_cast<double>(prediction.probability));
}

}  // namespace gesture

#ifdef BOARDLESS_PREPROCESS
#include BOARDLESS_PREPROCESS
#endif
