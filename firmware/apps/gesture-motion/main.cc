// Gesture recognition that sleeps until something moves: the accelerometer alone watches, and its interrupt on
// board::kMotionWire wakes the chip, which then collects one window and classifies it. No clock runs meanwhile.
#include "boards/board.h"
#include "drivers/low_power.h"
#include "drivers/rtc.h"
#include "gesture/classifier.h"
#include "gesture/low_power.h"

namespace {

constexpr float kMotionG = 0.3f;

gesture::Window window;

void collect() {
  low_power::start_low_frequency_clock();
  rtc::start_ticks(metadata::kSampleRateHz);
  for (int i = 0; i < metadata::kWindowSamples; i++) {
    rtc::wait_for_tick(low_power::sleep);
    imu::Sample sample;
    gesture::read_sensor(sample);
    window.push(sample);
  }
  rtc::stop();
  low_power::stop_low_frequency_clock();
}

}  // namespace

int main() {
  gesture::start_low_power();
  low_power::stop_low_frequency_clock();
  low_power::console_off();
  low_power::wake_on_high(board::kMotionWire);

  for (uint32_t number = 0;; number++) {
    if (!imu::watch_for_motion(kMotionG)) fatal("the %s does not answer", imu::kName);
    while (!gpio::is_high(board::kMotionWire)) low_power::sleep();
    if (!imu::end_watch()) fatal("the %s does not answer", imu::kName);
    collect();
    const gesture::Prediction prediction = gesture::classify(window);
    low_power::console_on();
    gesture::print(number, prediction);
    low_power::console_off();
  }
}
