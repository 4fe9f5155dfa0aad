// Gesture recognition: a window of accelerometer and gyroscope samples, normalised, quantised, classified.
#include <math.h>

#include "drivers/clock.h"
#include "drivers/rtc.h"
#include "generated/metadata.h"
#include "parts/lsm9ds1.h"
#include "runtime/console.h"
#include "runtime/inference.h"
#include "runtime/marker.h"

namespace {

constexpr int kChannels = 6;
static_assert(metadata::kChannels == kChannels, "channels are ax, ay, az, gx, gy, gz");
constexpr float kUnitPerBit[kChannels] = {
    lsm9ds1::kGPerBit,
    lsm9ds1::kGPerBit,
    lsm9ds1::kGPerBit,
    lsm9ds1::kDegreesPerSecondPerBit,
    lsm9ds1::kDegreesPerSecondPerBit,
    lsm9ds1::kDegreesPerSecondPerBit,
};
constexpr uint32_t kCyclesPerMicrosecond = 64;

lsm9ds1::Sample window[metadata::kWindowSamples];
marker::Phase sensor("sensor"), preprocess("preprocess"), inferring("inference"), output("output");

void collect() {
  for (auto& sample : window) {
    const uint32_t due = rtc::wait_for_tick();
    if (due > 1) console::print("missed %u samples\n", due - 1);
    sensor.begin();
    const bool read = lsm9ds1::read(sample);
    sensor.end();
    if (!read) fatal("the LSM9DS1 does not answer");
  }
}

float normalised(int16_t bits, int channel) {
  return (bits * kUnitPerBit[channel] - metadata::kMean[channel]) / metadata::kStd[channel];
}

int8_t quantised(float value, const TfLiteQuantizationParams& to) {
  const float q = roundf(value / to.scale) + to.zero_point;
  return static_cast<int8_t>(q < -128 ? -128 : q > 127 ? 127 : q);
}

void fill(TfLiteTensor& input) {
  int i = 0;
  for (const auto& sample : window) {
    for (int channel = 0; channel < kChannels; channel++, i++) {
      const int16_t bits = channel < 3 ? sample.acceleration[channel] : sample.rate[channel - 3];
      const float value = normalised(bits, channel);
      if (input.type == kTfLiteInt8) {
        input.data.int8[i] = quantised(value, input.params);
      } else {
        input.data.f[i] = value;
      }
    }
  }
}

struct Prediction {
  int label;
  float probability;
};

float score(const TfLiteTensor& tensor, int i) {
  if (tensor.type != kTfLiteInt8) return tensor.data.f[i];
  return (tensor.data.int8[i] - tensor.params.zero_point) * tensor.params.scale;
}

Prediction most_likely(const TfLiteTensor& tensor) {
  Prediction best = {0, score(tensor, 0)};
  for (int i = 1; i < metadata::kLabels; i++) {
    const float probability = score(tensor, i);
    if (probability > best.probability) best = {i, probability};
  }
  return best;
}

size_t elements(const TfLiteTensor& tensor) {
  return tensor.type == kTfLiteFloat32 ? tensor.bytes / sizeof(float) : tensor.bytes;
}

void check(const TfLiteTensor& tensor, const char* which, size_t expected) {
  if (tensor.type != kTfLiteInt8 && tensor.type != kTfLiteFloat32) {
    fatal("the model's %s is not int8 or float32", which);
  }
  if (elements(tensor) != expected) {
    fatal("the model's %s has %u elements, and the metadata says %u", which,
          static_cast<uint32_t>(elements(tensor)), static_cast<uint32_t>(expected));
  }
}

uint32_t microseconds(uint32_t cycles) { return (cycles + kCyclesPerMicrosecond / 2) / kCyclesPerMicrosecond; }

}  // namespace

int main() {
  clock::start();
  core::enable_trace();
  console::start();
  console::print("boardless gesture: %d labels, window of %d samples at %d Hz\n", metadata::kLabels,
                 metadata::kWindowSamples, metadata::kSampleRateHz);

  auto& interpreter = inference::start();
  check(*interpreter.input(0), "input", metadata::kWindowSamples * kChannels);
  check(*interpreter.output(0), "output", metadata::kLabels);

  switch (lsm9ds1::start()) {
    case lsm9ds1::Status::ok:
      break;
    case lsm9ds1::Status::no_answer:
      fatal("the LSM9DS1 does not answer");
    case lsm9ds1::Status::wrong_identity:
      fatal("what answers at the LSM9DS1's address is not one");
  }
  rtc::start_ticks(metadata::kSampleRateHz);

  for (uint32_t number = 0;; number++) {
    collect();

    preprocess.begin();
    fill(*interpreter.input(0));
    preprocess.end();

    inferring.begin();
    inference::invoke(interpreter);
    inferring.end();

    output.begin();
    const Prediction prediction = most_likely(*interpreter.output(0));
    output.end();

    const uint32_t cycles[] = {sensor.take(), preprocess.take(), inferring.take(), output.take()};
    console::print(
        "window %u sensor: %u us preprocess: %u us inference: %u us output: %u us "
        "(cycles: %u %u %u %u) prediction: %s %.4f\n",
        number, microseconds(cycles[0]), microseconds(cycles[1]), microseconds(cycles[2]), microseconds(cycles[3]),
        cycles[0], cycles[1], cycles[2], cycles[3], metadata::kLabelNames[prediction.label],
        static_cast<double>(prediction.probability));
  }
}
