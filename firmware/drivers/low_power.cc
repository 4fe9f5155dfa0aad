#include "drivers/low_power.h"

#include "drivers/clock.h"
#include "drivers/gpio.h"
#include "drivers/twim.h"
#include "drivers/uarte.h"
#include "nrf52840/registers.h"
#include "runtime/console.h"

namespace low_power {
namespace {

constexpr uint32_t kFpuIrq = 38;
constexpr uint32_t kFpscrFlags = 0x9F;  // IDC, IXC, UFC, OFC, DZC, IOC
bool console_started;

// Erratum 87: a pending FPU interrupt, set by any inexact result, keeps the chip from sleeping.
void clear_floating_point_flags() {
  uint32_t fpscr;
  asm volatile("vmrs %0, fpscr" : "=r"(fpscr));
  asm volatile("vmsr fpscr, %0" ::"r"(fpscr & ~kFpscrFlags));
  core::clear_pending_irq(kFpuIrq);
}

}  // namespace

extern "C" void GPIOTE_IRQHandler() { nrf::clear_event(nrf::gpiote::EVENTS_PORT); }

void start() {
  reg(nrf::power::DCDCEN) = 1;
  clock::enable_instruction_cache();
  reg(core::kScbScr) |= core::kSevOnPend;
  start_low_frequency_clock();
  uarte::sleep_with(nap);
  twim::sleep_with(nap);
}

void start_low_frequency_clock() {
  using namespace nrf::clock;
  reg(LFCLKSRC) = kLfRc;
  nrf::clear_event(EVENTS_LFCLKSTARTED);
  nrf::trigger(TASKS_LFCLKSTART);
  while (reg(EVENTS_LFCLKSTARTED) == 0) {
  }
}

void stop_low_frequency_clock() { nrf::trigger(nrf::clock::TASKS_LFCLKSTOP); }

void nap() {
  clear_floating_point_flags();
  core::wait_for_event();
}

void sleep() {
  clear_floating_point_flags();
  reg(nrf::nvmc::ICACHECNF) = 0;
  core::wait_for_event();
  reg(nrf::nvmc::ICACHECNF) = nrf::nvmc::kCacheEnable;
}

void console_on() {
  if (console_started) {
    uarte::enable();
  } else {
    console::start();
  }
  console_started = true;
}

void console_off() { uarte::disable(); }

void wake_on_high(uint32_t pin) {
  gpio::configure(pin, nrf::gpio::kSenseHigh);
  nrf::clear_event(nrf::gpiote::EVENTS_PORT);
  reg(nrf::gpiote::INTENSET) = nrf::gpiote::kPort;
  core::enable_irq(nrf::irq_of(nrf::gpiote::kBase));
}

}  // namespace low_power
