// LSM6DS3TR-C accelerometer and gyroscope. ST DocID030071 rev 3: section 9 "Register description", table 3 "Mechanical
// characteristics", 5.6.3 "Wake-up interrupt".
#pragma once

#include "parts/inertial.h"

namespace lsm6ds3 {

using inertial::Sample;
using inertial::Status;

constexpr const char* kName = "LSM6DS3TR-C";

// Table 3: sensitivity at the full scales that start() selects, 4 g and 2000 dps.
constexpr float kGPerBit = 0.000122f;
constexpr float kDegreesPerSecondPerBit = 0.070f;
// After start().
constexpr int kRateHz = 104;

// Powers the sensor, waits for it to boot, and selects 104 Hz, 4 g, 2000 dps, high performance.
Status start();
// The same scales in low-power mode at 12.5 Hz; TIMER1 is off again afterwards.
Status start_low_power();
// It has none.
inline Status start_magnetometer() { return Status::ok; }
bool read(Sample& sample);
// Whether a gyroscope sample has come that was not read yet.
bool has_sample(bool& fresh);
// Gyroscope off, accelerometer at 12.5 Hz: INT1 rises, and stays high, once an axis changes by the threshold from one
// sample to the next. In steps of 0.125 g.
bool watch_for_motion(float threshold_g);
// Back to what start_low_power() had chosen.
bool end_watch();

}  // namespace lsm6ds3
