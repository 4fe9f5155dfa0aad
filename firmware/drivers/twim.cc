#include "drivers/twim.h"

#include "drivers/gpio.h"
#include "nrf52840/registers.h"

namespace twim {
namespace {

using namespace nrf::twim;
constexpr uint32_t kIrq = nrf::irq_of(kTwim0);
uint8_t transmit[2];
void (*sleep)();

// STOPPED and ERROR set the interrupt pending but never run it: the event that WFE waits for, as SEVONPEND has it.
// An ERROR is left to the loop that polls.
void sleep_until_stopped() {
  while (reg(kTwim0 + EVENTS_STOPPED) == 0 && reg(kTwim0 + EVENTS_ERROR) == 0) sleep();
}

bool run(uint8_t address, size_t transmit_length, uint32_t shorts) {
  reg(kTwim0 + ADDRESS) = address;
  reg(kTwim0 + TXD_PTR) = reinterpret_cast<uintptr_t>(transmit);
  reg(kTwim0 + TXD_MAXCNT) = transmit_length;
  reg(kTwim0 + SHORTS) = shorts;
  nrf::clear_event(kTwim0 + EVENTS_STOPPED);
  nrf::clear_event(kTwim0 + EVENTS_ERROR);
  core::clear_pending_irq(kIrq);
  nrf::trigger(kTwim0 + TASKS_STARTTX);
  bool acknowledged = true;
  if (sleep != nullptr) sleep_until_stopped();
  while (reg(kTwim0 + EVENTS_STOPPED) == 0) {
    if (reg(kTwim0 + EVENTS_ERROR) != 0) {
      acknowledged = false;
      nrf::clear_event(kTwim0 + EVENTS_ERROR);
      reg(kTwim0 + ERRORSRC) = reg(kTwim0 + ERRORSRC);
      nrf::trigger(kTwim0 + TASKS_STOP);
    }
  }
  return acknowledged;
}

}  // namespace

void start(uint32_t sda, uint32_t scl) {
  // 6.31.6 "Pin configuration": input connected, S0D1.
  gpio::configure(sda, nrf::gpio::kDriveS0D1);
  gpio::configure(scl, nrf::gpio::kDriveS0D1);
  reg(kTwim0 + PSEL_SDA) = sda;
  reg(kTwim0 + PSEL_SCL) = scl;
  reg(kTwim0 + FREQUENCY) = k400kHz;
  reg(kTwim0 + ENABLE) = kEnable;
}

void sleep_with(void (*wait_for_event)()) {
  sleep = wait_for_event;
  reg(kTwim0 + INTENSET) = kStopped | kError;
}

void enable(bool on) { reg(kTwim0 + ENABLE) = on ? kEnable : 0; }

bool read_registers(uint8_t address, uint8_t first, uint8_t* bytes, size_t length) {
  transmit[0] = first;
  reg(kTwim0 + RXD_PTR) = reinterpret_cast<uintptr_t>(bytes);
  reg(kTwim0 + RXD_MAXCNT) = length;
  return run(address, 1, kLastTxStartRx | kLastRxStop);
}

bool write_register(uint8_t address, uint8_t index, uint8_t value) {
  transmit[0] = index;
  transmit[1] = value;
  return run(address, 2, kLastTxStop);
}

}  // namespace twim
