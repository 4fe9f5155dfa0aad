// Gesture recognition as a first Arduino sketch does it: never asleep, the sensor polled at its full rate, an
// inference after every sample. What it forgets is on purpose: power LED and magnetometer on, UART receiver enabled,
// HFXO running, LDO regulator.
#include "boards/nano33ble.h"
#include "drivers/clock.h"
#include "drivers/uarte.h"
#include "gesture/classifier.h"

namespace {

gesture::Window window;
// 119 Hz / 12 = 9.92 Hz, beside the 10 Hz that the model wants.
constexpr int kSamplesPerRow = (119 + metadata::kSampleRateHz / 2) / metadata::kSampleRateHz;

void await_sample() {
  bool fresh = false;
  while (!fresh) {
    if (!lsm9ds1::has_sample(fresh)) fatal("the LSM9DS1 does not answer");
  }
}

}  // namespace

int main() {
  clock::start();
  core::enable_trace();
  console::start();
  // 119 lines a second are more than 115200 Bd can carry.
  uarte::set_baud_rate(uarte::Baud::k1M);
  uarte::busy_wait();
  uarte::start_receiver();
  gpio::output_high(board::kPowerLed);
  gesture::start();
  gesture::must_start(lsm9ds1::start());
  gesture::must_start(lsm9ds1::start_magnetometer());

  int age = 0;
  uint32_t number = 0;
  while (true) {
    await_sample();
    lsm9ds1::Sample sample;
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
