#include "drivers/pdm.h"

#include "drivers/gpio.h"
#include "nrf52840/registers.h"

namespace pdm {
namespace {

using namespace nrf::pdm;
constexpr uint32_t kIrq = nrf::irq_of(kBase);

int16_t ring[kBlocks][kBlockSamples];
uint32_t started;
volatile uint32_t ended;

}  // namespace

// SAMPLE.PTR is taken over at STARTED, which comes with every new block: the next one is given then.
extern "C" void PDM_IRQHandler() {
  if (reg(EVENTS_END) != 0) {
    nrf::clear_event(EVENTS_END);
    ended = ended + 1;
  }
  if (reg(EVENTS_STARTED) != 0) {
    nrf::clear_event(EVENTS_STARTED);
    started++;
    reg(SAMPLE_PTR) = reinterpret_cast<uintptr_t>(ring[started % kBlocks]);
  }
}

void start(uint32_t clock_pin, uint32_t data_pin) {
  gpio::output_low(clock_pin);
  gpio::configure(data_pin, 0);
  reg(PSEL_CLK) = clock_pin;
  reg(PSEL_DIN) = data_pin;
  // 1.28 MHz / 80 is 16 kHz to the point; the usual 1.032 MHz / 64 is 16.125 kHz.
  reg(PDMCLKCTRL) = k1280kHz;
  reg(RATIO) = kRatio80;
  reg(MODE) = kMono;
  reg(GAINL) = kGain0dB;
  reg(GAINR) = kGain0dB;
  reg(SAMPLE_PTR) = reinterpret_cast<uintptr_t>(ring[0]);
  reg(SAMPLE_MAXCNT) = kBlockSamples;
  reg(INTENSET) = kStarted | kEnd;
  core::enable_irq(kIrq);
  reg(ENABLE) = 1;
  nrf::trigger(TASKS_START);
}

uint32_t filled() { return ended; }

const int16_t* block(uint32_t number) { return ring[number % kBlocks]; }

}  // namespace pdm
