#include "drivers/uarte.h"

#include "boards/board.h"
#include "drivers/gpio.h"
#include "nrf52840/registers.h"

namespace uarte {
namespace {

using namespace nrf::uarte;
constexpr uint32_t kIrq = nrf::irq_of(kUarte0);
// EasyDMA reads RAM only, and constant text is in flash.
char buffer[128];
char received[1];
void (*sleep)() = core::wait_for_event;
bool polls;

// ENDTX sets the interrupt pending but never runs it: with SEVONPEND that is the event WFE waits for.
void send(size_t length) {
  nrf::clear_event(kUarte0 + EVENTS_ENDTX);
  core::clear_pending_irq(kIrq);
  reg(kUarte0 + TXD_PTR) = reinterpret_cast<uintptr_t>(buffer);
  reg(kUarte0 + TXD_MAXCNT) = length;
  nrf::trigger(kUarte0 + TASKS_STARTTX);
  if (polls) {
    while (reg(kUarte0 + EVENTS_ENDTX) == 0) {
    }
  }
  while (reg(kUarte0 + EVENTS_ENDTX) == 0) sleep();
}

}  // namespace

void start() {
  gpio::output_high(board::kUartTx);
  gpio::configure(board::kUartRx, 0);
  reg(kUarte0 + PSEL_TXD) = board::kUartTx;
  reg(kUarte0 + PSEL_RXD) = board::kUartRx;
  reg(kUarte0 + PSEL_RTS) = kDisconnected;
  reg(kUarte0 + PSEL_CTS) = kDisconnected;
  reg(kUarte0 + CONFIG) = 0;
  reg(kUarte0 + BAUDRATE) = k115200;
  reg(kUarte0 + ENABLE) = kEnable;
  reg(kUarte0 + INTENSET) = kEndTx;
  reg(core::kScbScr) |= core::kSevOnPend;
}

void sleep_with(void (*wait_for_event)()) { sleep = wait_for_event; }

void busy_wait() { polls = true; }

void set_baud_rate(Baud baud) { reg(kUarte0 + BAUDRATE) = baud == Baud::k1M ? k1M : k115200; }

void start_receiver() {
  reg(kUarte0 + RXD_PTR) = reinterpret_cast<uintptr_t>(received);
  reg(kUarte0 + RXD_MAXCNT) = sizeof received;
  nrf::trigger(kUarte0 + TASKS_STARTRX);
}

void enable() { reg(kUarte0 + ENABLE) = kEnable; }

void disable() {
  nrf::clear_event(kUarte0 + EVENTS_TXSTOPPED);
  nrf::trigger(kUarte0 + TASKS_STOPTX);
  while (reg(kUarte0 + EVENTS_TXSTOPPED) == 0) {
  }
  reg(kUarte0 + ENABLE) = 0;
}

void write(const char* bytes, size_t length) {
  while (length > 0) {
    const size_t part = length < sizeof buffer ? length : sizeof buffer;
    for (size_t i = 0; i < part; i++) buffer[i] = bytes[i];
    send(part);
    bytes += part;
    length -= part;
  }
}

}  // namespace uarte
