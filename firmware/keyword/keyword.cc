#include "keyword/keyword.h"

#include "boards/nano33ble.h"
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
constexpr int kLabelCount = 4;
constexpr int kFirstWord = 2;
// Of 255, as micro_speech's RecognizeCommands.
constexpr uint32_t kHeardScore = 200;
// One word is not heard twice within a second and a half.
constexpr uint32_t kSuppressedBlocks = 75;
constexpr uint32_t kMillisecondsPerBlock = 1000 * pdm::kBlockSamples / pdm::kSampleRate;
constexpr uint32_t kCyclesPerMicrosecond = 64;

tflite::MicroInterpreter* interpreter;
uint32_t number;
bool heard_before;
constexpr uint32_t kMostAveraged = 3;
uint8_t history[kMostAveraged][kLabelCount];
uint32_t last_heard;

void check() {
  const TfLiteTensor& in = *interpreter->input(0);
  const TfLiteTensor& out = *interpreter->output(0);
  if (in.type != kTfLiteUInt8 || in.bytes != features::kSlices * features::kSliceFeatures ||
      out.type != kTfLiteUInt8 || out.bytes != kLabelCount) {
    fatal("the model is not micro_speech: uint8, 49 x 40 features to 4 labels");
  }
}

// Of the newest inferences.
uint32_t average(int label, uint32_t count) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < count; i++) sum += history[(number - i) % kMostAveraged][label];
  return sum / count;
}

uint32_t microseconds(uint32_t cycles) { return (cycles + kCyclesPerMicrosecond / 2) / kCyclesPerMicrosecond; }

}  // namespace

void start(const char* name) {
  low_power::start();
  low_power::stop_low_frequency_clock();
  core::enable_trace();
  low_power::console_on();
  gpio::output_low(board::kPowerLed);
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

void classify(uint32_t block, uint32_t averaged) {
  inferring.begin();
  features::copy_to(interpreter->input(0)->data.uint8);
  inference::invoke(*interpreter);
  inferring.end();

  output.begin();
  const TfLiteTensor& scores = *interpreter->output(0);
  int best = 0;
  for (int i = 1; i < kLabelCount; i++) {
    if (scores.data.uint8[i] > scores.data.uint8[best]) best = i;
  }
  const float probability = (scores.data.uint8[best] - scores.params.zero_point) * scores.params.scale;
  const bool fresh = !heard_before || block - last_heard >= kSuppressedBlocks;
  for (int i = 0; i < kLabelCount; i++) history[number % kMostAveraged][i] = scores.data.uint8[i];
  const bool heard =
      best >= kFirstWord && number + 1 >= averaged && average(best, averaged) >= kHeardScore && fresh;
  if (heard) {
    heard_before = true;
    last_heard = block;
  }
  output.end();

  const uint32_t cycles[] = {listening.take(), extracting.take(), inferring.take(), output.take()};
  low_power::console_on();
  console::print(
      "window %u listen: %u us features: %u us inference: %u us output: %u us "
      "(cycles: %u %u %u %u) prediction: %s %.4f\n",
      number++, microseconds(cycles[0]), microseconds(cycles[1]), microseconds(cycles[2]), microseconds(cycles[3]),
      cycles[0], cycles[1], cycles[2], cycles[3], kLabels[best], static_cast<double>(probability));
  if (heard) console::print("heard: %s at %u ms\n", kLabels[best], (block + 1) * kMillisecondsPerBlock);
  low_power::console_off();
}

}  // namespace keyword
