/* What our tests build in place of blink.ino: the same LED, console and times, without Arduino's core. */
#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define LED (1u << 13)         /* P0.13, LED_BUILTIN */
#define TX (1u << 3)           /* P1.03, Serial1 */
#define P0_OUTSET REGISTER(0x50000508)
#define P0_OUTCLR REGISTER(0x5000050C)
#define P0_DIRSET REGISTER(0x50000518)
#define P1_OUTSET REGISTER(0x50000808)
#define P1_DIRSET REGISTER(0x50000818)
#define UARTE0 0x40002000u
#define RTC1 0x40011000u

static const char ready[] = "ready\r\n";
static char line[sizeof ready];

static void start(void) {
  P0_DIRSET = LED;
  P1_OUTSET = TX;
  P1_DIRSET = TX;
  REGISTER(UARTE0 + 0x500) = 0; /* off: the bootloader has it on */
  REGISTER(UARTE0 + 0x50C) = 32 + 3;
  REGISTER(UARTE0 + 0x524) = 0x01D60000; /* 115200 */
  REGISTER(UARTE0 + 0x500) = 8;
  REGISTER(0x40000518) = 0; /* LFRC */
  REGISTER(0x40000008) = 1;
  REGISTER(RTC1 + 0x000) = 1;
}

static void print(void) {
  for (unsigned i = 0; i < sizeof ready; i++) line[i] = ready[i];
  REGISTER(UARTE0 + 0x544) = (uint32_t)line;
  REGISTER(UARTE0 + 0x548) = sizeof ready - 1;
  REGISTER(UARTE0 + 0x120) = 0;
  REGISTER(UARTE0 + 0x008) = 1;
  while (!REGISTER(UARTE0 + 0x120)) ;
}

static void delay(uint32_t milliseconds) {
  uint32_t begin = REGISTER(RTC1 + 0x504), ticks = milliseconds * 32768 / 1000;
  while (((REGISTER(RTC1 + 0x504) - begin) & 0xFFFFFF) < ticks) ;
}

void reset(void) {
  start();
  print();
  for (;;) {
    P0_OUTSET = LED;
    delay(10);
    P0_OUTCLR = LED;
    delay(990);
  }
}

__attribute__((section(".vectors"), used)) void *const vectors[64] = {(void *)0x20040000, (void *)reset};
