#include "parts/lsm9ds1.h"

#include "boards/nano33ble.h"
#include "drivers/timer.h"
#include "drivers/twim.h"

namespace lsm9ds1 {
namespace {

constexpr uint8_t kAccelGyroAddress = 0x6B;
constexpr uint8_t kMagnetometerAddress = 0x1E;
constexpr uint8_t WHO_AM_I = 0x0F, CTRL_REG1_G = 0x10, OUT_X_L_G = 0x18, CTRL_REG6_XL = 0x20, CTRL_REG8 = 0x22,
                  OUT_X_L_XL = 0x28;
constexpr uint8_t kAccelGyroIdentity = 0x68, kMagnetometerIdentity = 0x3D;
constexpr uint8_t kOdr119Hz = 3 << 5;
constexpr uint8_t kGyro2000Dps = 3 << 3, kAccel4G = 2 << 3;
constexpr uint8_t kBlockDataUpdate = 1 << 6, kAddressIncrement = 1 << 2;

constexpr uint32_t kBootMicroseconds = 20000;  // table 3: start-up up to 15 ms after the supply settles

uint8_t bytes[6];

Status identify(uint8_t address, uint8_t identity) {
  if (!twim::read_registers(address, WHO_AM_I, bytes, 1)) return Status::no_answer;
  return bytes[0] == identity ? Status::ok : Status::wrong_identity;
}

bool read_axes(uint8_t first, int16_t axes[3]) {
  if (!twim::read_registers(kAccelGyroAddress, first, bytes, 6)) return false;
  for (int i = 0; i < 3; i++) axes[i] = static_cast<int16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
  return true;
}

}  // namespace

Status start() {
  gpio::output_high(board::kSensorSupply);
  gpio::output_high(board::kSensorPullUps);
  timer::start();
  timer::wait_microseconds(kBootMicroseconds);
  twim::start(board::kSensorSda, board::kSensorScl);

  const Status accel_gyro = identify(kAccelGyroAddress, kAccelGyroIdentity);
  if (accel_gyro != Status::ok) return accel_gyro;
  const Status magnetometer = identify(kMagnetometerAddress, kMagnetometerIdentity);
  if (magnetometer != Status::ok) return magnetometer;

  const bool written = twim::write_register(kAccelGyroAddress, CTRL_REG8, kBlockDataUpdate | kAddressIncrement) &&
                       twim::write_register(kAccelGyroAddress, CTRL_REG1_G, kOdr119Hz | kGyro2000Dps) &&
                       twim::write_register(kAccelGyroAddress, CTRL_REG6_XL, kOdr119Hz | kAccel4G);
  return written ? Status::ok : Status::no_answer;
}

bool read(Sample& sample) {
  return read_axes(OUT_X_L_XL, sample.acceleration) && read_axes(OUT_X_L_G, sample.rate);
}

}  // namespace lsm9ds1
