// Gesture recognition: a window of accelerometer and gyroscope samples, normalised, quantised, classified.
#include "drivers/clock.h"
#include "drivers/rtc.h"
#include "gesture/classifier.h"

namespace {

gesture::Window window;

void collect() {
  for (int i = 0; i < metadata::kWindowSamples; i++) {
    const uint32_t due = rtc::wait_for_tick();
    if (due > 1) console::print("missed %u samples\n", due - 1);
    imu::Sample sample;
    gesture::read_sensor(sample);
    window.push(sample);
  }
}

}  // namespace

int main() {
  clock::start();
  core::enable_trace();
  console::start();
  gesture::start();
  gesture::must_start(imu::start());
  gesture::await_sample();
  rtc::start_ticks(metadata::kSampleRateHz, 1);

  for (uint32_t number = 0;; number++) {
    collect();
    gesture::print(number, gesture::classify(window));
  }
}
