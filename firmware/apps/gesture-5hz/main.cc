// Gesture recognition five times a second on a sliding window, and asleep between: DC/DC, LFRC, no HFXO, instruction
// cache off in sleep, UARTE and TWIM off when idle, gyroscope in low-power mode, magnetometer and lights off.
#include "drivers/low_power.h"
#include "drivers/rtc.h"
#include "gesture/classifier.h"
#include "gesture/low_power.h"

namespace {

constexpr int kInferencesPerSecond = 5;
constexpr int kSamplesPerInference = metadata::kSampleRateHz / kInferencesPerSecond;
static_assert(kSamplesPerInference * kInferencesPerSecond == metadata::kSampleRateHz, "a whole number of samples");

gesture::Window window;

}  // namespace

int main() {
  gesture::start_low_power();
  low_power::console_off();
  rtc::start_ticks(metadata::kSampleRateHz);

  uint32_t number = 0;
  int fresh = 0;
  while (true) {
    const uint32_t due = rtc::wait_for_tick(low_power::sleep);
    imu::Sample sample;
    gesture::read_sensor(sample);
    window.push(sample);
    fresh++;
    const bool infers = window.full() && fresh >= kSamplesPerInference;
    if (due == 1 && !infers) continue;
    low_power::console_on();
    if (due > 1) console::print("missed %u samples\n", due - 1);
    if (infers) {
      gesture::print(number++, gesture::classify(window));
      fresh = 0;
    }
    low_power::console_off();
  }
}
