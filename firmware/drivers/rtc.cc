#include "drivers/rtc.h"

#include "nrf52840/registers.h"

namespace rtc {
namespace {

using namespace nrf::rtc;
constexpr uint32_t kHz = 32768;
constexpr uint32_t kIrq = nrf::irq_of(kRtc1);

uint32_t rate;
uint32_t remainder;
uint32_t compare;
volatile uint32_t due;

// Bresenham: the fraction of a count that is left over is carried to the next tick.
void set_next_compare() {
  remainder += kHz % rate;
  compare += kHz / rate;
  if (remainder >= rate) {
    remainder -= rate;
    compare++;
  }
  compare &= kCounterMask;
  reg(kRtc1 + CC) = compare;
}

}  // namespace

extern "C" void RTC1_IRQHandler() {
  nrf::clear_event(kRtc1 + EVENTS_COMPARE);
  set_next_compare();
  due = due + 1;
}

void start_ticks(uint32_t rate_hz, uint32_t at_once) {
  rate = rate_hz;
  remainder = 0;
  compare = 0;
  due = at_once;
  reg(kRtc1 + PRESCALER) = 0;
  nrf::trigger(kRtc1 + TASKS_CLEAR);
  nrf::clear_event(kRtc1 + EVENTS_COMPARE);
  set_next_compare();
  reg(kRtc1 + INTENSET) = kCompare0;
  core::enable_irq(kIrq);
  nrf::trigger(kRtc1 + TASKS_START);
}

uint32_t wait_for_tick() {
  // With interrupts masked WFI still wakes on a pending one, so none is lost between the test and the sleep.
  core::disable_interrupts();
  while (due == 0) {
    core::wait_for_interrupt();
    core::enable_interrupts();
    asm volatile("isb");
    core::disable_interrupts();
  }
  const uint32_t taken = due;
  due = 0;
  core::enable_interrupts();
  return taken;
}

uint32_t wait_for_tick(void (*sleep)()) {
  while (due == 0) sleep();
  core::disable_interrupts();
  const uint32_t taken = due;
  due = 0;
  core::enable_interrupts();
  return taken;
}

void stop() {
  nrf::trigger(kRtc1 + TASKS_STOP);
  reg(kRtc1 + INTENCLR) = kCompare0;
  nrf::clear_event(kRtc1 + EVENTS_COMPARE);
}

}  // namespace rtc
