// A sketch as people write them for the Nano 33 BLE Sense, on drivers of ours: serial over USB, the accelerometer, millis
// and micros, and sleep between. Ten lines a second; what is typed comes back.
#include "drivers/clock.h"
#include "drivers/rtc.h"
#include "drivers/timer.h"
#include "parts/imu.h"
#include "usb_serial.h"

[[gnu::noinline]] uint32_t magnitude(const imu::Sample& sample) {
  uint32_t sum = 0;
  for (const int16_t axis : sample.acceleration) sum += static_cast<uint32_t>(axis * axis);
  uint32_t root = 0;
  while ((root + 1) * (root + 1) <= sum) root++;
  return root;
}

namespace {

uint32_t micros() { return timer::microseconds(); }
uint32_t millis() { return micros() / 1000; }

void setup() {
  Serial.begin(115200);
  while (!Serial) core::wait_for_event();
  if (imu::start() != inertial::Status::ok) Serial.println("no sensor");
  Serial.println("ms\tsensor us\tpreprocess us\tmilli-g");
  rtc::start_ticks(10);
}

void loop() {
  imu::Sample sample;
  const uint32_t begin = micros();
  imu::read(sample);
  const uint32_t sensed = micros();
  const uint32_t milli_g = magnitude(sample) * 122 / 1000;
  const uint32_t done = micros();
  const uint32_t columns[] = {millis(), sensed - begin, done - sensed};
  for (const uint32_t value : columns) {
    Serial.print(value);
    Serial.print("\t");
  }
  Serial.print(milli_g);
  Serial.println();
  while (Serial.available() > 0) {
    const char typed[2] = {static_cast<char>(Serial.read()), 0};
    Serial.print(typed);
  }
  rtc::wait_for_tick();
}

}  // namespace

int main() {
  clock::start();
  timer::start();
  setup();
  for (;;) loop();
}
