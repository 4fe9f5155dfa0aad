// Gesture recognition as a first Arduino sketch does it: never asleep, the sensor polled at its full rate, an
// inference after every sample. What it forgets is on purpose: power LED and magnetometer on, UART receiver enabled,
// HFXO running, LDO regulator.
#include "boards/board.h"
#include "drivers/clock.h"
#include "drivers/uarte.h"
#include "gesture/classifier.h"

namespace {

gesture::Window window;
// 119 Hz / 12 = 9.92 Hz (104 Hz / 10 = 10.4 Hz), beside the 10 Hz that the model wants.
constexpr int kSamplesPerRow = (imu::kRateHz + metadata::kSampleRateHz / 2) / metadata::kSampleRateHz;

}  // namespace

int main() {
  clock::start();
  core::enable_trace();
  console::start();
  // 119 lines a second are more than 115200 Bd can carry.
  uarte::set_baud_rate(uarte::Baud::k1M);
  uarte::busy_wait();
  uarte::start_receiver();
  board::power_led(true);
  gesture::start();
  gesture::must_start(imu::start());
  gesture::must_start(imu::start_magnetometer());

  int age = 0;
  uint32_t number = 0;
  while (true) {
    gesture::await_sample();
    imu::Sample sample;
    gesture::read_sensor(sample);
    // The newest row is always the present; it stays when the next one begins.
    if (age++ % kSamplesPerRow == 0) {
      window.push(sample);
    } else {
      window.replace_newest(sample);
    }
    if (window.full()) gesture::print(number++, gesture::classify(window));
  }
}
