#include "keyword/keyword.h"

#include <string.h>

#include "boards/board.h"
#include "drivers/low_power.h"
#include "drivers/pdm.h"
#include "keyword/features.h"
#include "runtime/console.h"
#include "runtime/inference.h"

namespace keyword {

marker::Phase listening("listen"), extracting("features");

namespace {

marker::Phase inferring("inference"), output("output");
constexpr const char* kLabels[] = {"silence", "unknown", "yes", "no"};
constexpr int kFirstWord = 2;
constexpr uint32_t kMillisecondsPerBlock = 1000 * pdm::kBlockSamples / pdm::kSampleRate;
constexpr uint32_t kCyclesPerMicrosecond = 64;

tflite::MicroInterpreter* interpreter;
uint32_t number;

void check() {
  const TfLiteTensor& in = *interpreter->input(0);
  const TfLiteTensor& out = *interpreter->output(0);
  if ((in.type != kTfLiteUInt8 && in.type != kTfLiteInt8) || out.type != in.type || out.bytes != kLabelCount ||
      in.bytes != features::kSlices * features::kSliceFeatures) {
    fatal("the model is not micro_speech: uint8 or int8, 49 x %d features to 4 labels", features::kSliceFeatures);
  }
}

// int8 stores 128 less than uint8; the model's zero points say the same.
void recentre(uint8_t* values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] ^= 0x80;
}

uint32_t microseconds(uint32_t cycles) { return (cycles + kCyclesPerMicrosecond / 2) / kCyclesPerMicrosecond; }

}  // namespace

void start(const char* name) {
  low_power::start();
  low_power::stop_low_frequency_clock();
  core::enable_trace();
  low_power::console_on();
  board::power_led(false);
  console::print("boardless %s: %d labels, %d slices of %d features\n", name, kLabelCount, features::kSlices,
                 features::kSliceFeatures);
  interpreter = &inference::start();
  check();
  features::start();
  features::reset();
  low_power::console_off();
  gpio::output_high(board::kMicrophoneSupply);
  pdm::start(board::kMicrophoneClock, board::kMicrophoneData);
}

void await_block(uint32_t number) {
  while (pdm::filled() <= number) low_power::sleep();
}

void extract(uint32_t block) {
  extracting.begin();
  features::push(pdm::block(block));
  extracting.end();
}

void classify(uint32_t block, Recognizer& recognizer) {
  inferring.begin();
  TfLiteTensor& input = *interpreter->input(0);
  features::copy_to(input.data.uint8);
  if (input.type == kTfLiteInt8) recentre(input.data.uint8, input.bytes);
  inference::invoke(*interpreter);
  inferring.end();

  output.begin();
  const TfLiteTensor& tensor = *interpreter->output(0);
  uint8_t scores[kLabelCount];
  memcpy(scores, tensor.data.uint8, sizeof scores);
  if (tensor.type == kTfLiteInt8) recentre(scores, sizeof scores);
  int best = 0;
  for (int i = 1; i < kLabelCount; i++) {
    if (scores[i] > scores[best]) best = i;
  }
  const float probability = scores[best] * tensor.params.scale;
  const uint32_t now_ms = (block + 1) * kMillisecondsPerBlock;
  const Recognizer::Result result = recognizer.add(scores, now_ms);
  output.end();

  const uint32_t cycles[] = {listening.take(), extracting.take(), inferring.take(), output.take()};
  low_power::console_on();
  console::print(
      "window %u listen: %u us features: %u us inference: %u us output: %u us "
      "(cycles: %u %u %u %u) at %u ms scores: %u %u %u %u prediction: %s %.4f\n",
      number++, microseconds(cycles[0]), microseconds(cycles[1]), microseconds(cycles[2]), microseconds(cycles[3]),
      cycles[0], cycles[1], cycles[2], cycles[3], now_ms, scores[0], scores[1], scores[2], scores[3], kLabels[best],
      static_cast<double>(probability));
  if (result.is_new && result.label >= kFirstWord) {
    console::print("heard: %s at %u ms, score %u\n", kLabels[result.label], now_ms, result.score);
  }
  low_power::console_off();
}

}  // namespace keyword
