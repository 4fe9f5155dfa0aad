// One way to sleep and to wake for each value of `scenario`; what happened is left in `seen`. What comes before this
// file is the runtime of test/cli/firmware.ts.
#define SCR REG(0xE000ED10)
#define VTOR REG(0xE000ED08)
#define ISER0 REG(0xE000E100)
#define ICER0 REG(0xE000E180)
#define ISPR0 REG(0xE000E200)
#define ICPR0 REG(0xE000E280)
#define SLEEPONEXIT (1u << 1)
#define SEVONPEND (1u << 4)

#define LFCLKSTART REG(0x40000008)
#define LFCLKSTARTED REG(0x40000104)
#define CONSTLAT REG(0x40000078)
#define RESETREAS REG(0x40000400)
#define SYSTEMOFF REG(0x40000500)
#define GPREGRET REG(0x4000051C)
#define RAM0_POWERSET REG(0x40000904)
#define SLEEPENTER REG(0x40000114)
#define SLEEPEXIT REG(0x40000118)
#define RTC0(offset) REG(0x4000B000 + (offset))
#define TIMER0(offset) REG(0x40008000 + (offset))
#define WDT(offset) REG(0x40010000 + (offset))
#define PIN_CNF_11 REG(0x50000700 + 4 * 11)

#define TIMER0_IRQ 8
#define RTC0_IRQ 11

enum {
  RTC, RTC_CONSTANT_LATENCY, TIMER, SEV_ON_PEND, NO_SEV_ON_PEND, SEND_EVENT, SLEEP_ON_EXIT, MASKED, OFF, WATCHDOG_PAUSED,
  WATCHDOG_AWAKE
};

// Written by whoever runs this, before it starts; kept through resets, as the runtime clears nothing.
volatile uint32_t scenario;
volatile uint32_t seen[8];
volatile uint32_t handled;

// Sections 0 and 1 of RAM0, 4 kB each.
#define KEPT REG(0x20000100)
#define LOST REG(0x20001100)

#define WFI() __asm__ volatile("wfi" ::: "memory")
#define WFE() __asm__ volatile("wfe" ::: "memory")

__attribute__((noinline)) void handler(void) {
  RTC0(0x140) = 0;
  RTC0(0x144) = 0;
  RTC0(0x148) = 0;
  TIMER0(0x140) = 0;
  handled++;
  if (handled == 3) SCR &= ~SLEEPONEXIT;
}

// In flash, so that it is read beside the stacking.
static void *const table[16 + 48] __attribute__((aligned(256))) = {
    [3] = (void *)spin_for_ever, [16 + TIMER0_IRQ] = (void *)handler, [16 + RTC0_IRQ] = (void *)handler};

// COMPARE[0] after 10 ticks of 32 768 Hz, COMPARE[1] after 20.
static void start_rtc(void) {
  LFCLKSTART = 1;
  while (!LFCLKSTARTED) {
  }
  RTC0(0x540) = 10;
  RTC0(0x544) = 20;
  RTC0(0x304) = 3u << 16;
  RTC0(0x000) = 1;
}

static void wake_from_off(void) {
  seen[0] = RESETREAS;
  seen[1] = GPREGRET;
  seen[2] = KEPT;
  seen[3] = LOST;
  RESETREAS = seen[0];
  seen[4] = RESETREAS;
  leave(0);
}

static void go_off(void) {
  GPREGRET = 0x5A;
  KEPT = 0x600DF00D;
  LOST = 0x600DF00D;
  RAM0_POWERSET = 1u << 16;
  PIN_CNF_11 = (1u << 2) | (2u << 16);
  SYSTEMOFF = 1;
  for (;;) {
  }
}

static void watch(uint32_t configuration) {
  if (RESETREAS) {
    seen[0] = RESETREAS;
    leave(0);
  }
  start_rtc();
  RTC0(0x308) = 2u << 16;
  RTC0(0x540) = 40;
  WDT(0x504) = 15;
  WDT(0x50C) = configuration;
  WDT(0x000) = 1;
  WFI();
  seen[1] = handled;
  leave(0);
}

int main(void) {
  VTOR = (uint32_t)table;
  ISER0 = 1u << RTC0_IRQ | 1u << TIMER0_IRQ;
  switch (scenario) {
    case RTC_CONSTANT_LATENCY:
      CONSTLAT = 1;
    case RTC:
      start_rtc();
      WFI();
      seen[0] = SLEEPENTER;
      seen[1] = SLEEPEXIT;
      break;
    case TIMER:
      TIMER0(0x540) = 1000;
      TIMER0(0x304) = 1u << 16;
      TIMER0(0x000) = 1;
      WFI();
      break;
    case SEV_ON_PEND:
    case NO_SEV_ON_PEND:
      ICER0 = 1u << RTC0_IRQ;
      if (scenario == SEV_ON_PEND) SCR |= SEVONPEND;
      else {
        TIMER0(0x540) = 16000;
        TIMER0(0x304) = 1u << 16;
        TIMER0(0x000) = 1;
      }
      start_rtc();
      WFE();
      seen[0] = handled;
      seen[1] = ISPR0;
      seen[2] = RTC0(0x504);
      break;
    case SEND_EVENT:
      start_rtc();
      __asm__ volatile("sev");
      WFE();
      seen[0] = RTC0(0x504);
      WFE();
      seen[1] = RTC0(0x504);
      break;
    case SLEEP_ON_EXIT:
      RTC0(0x548) = 30;
      start_rtc();
      RTC0(0x304) = 7u << 16;
      SCR |= SLEEPONEXIT;
      WFI();
      seen[0] = handled;
      break;
    case MASKED:
      start_rtc();
      __asm__ volatile("cpsid i");
      WFI();
      seen[0] = handled;
      __asm__ volatile("cpsie i\n\tisb");
      seen[1] = handled;
      break;
    case OFF:
      if (RESETREAS) wake_from_off();
      else go_off();
      break;
    case WATCHDOG_PAUSED:
      watch(0);
      break;
    case WATCHDOG_AWAKE:
      watch(1);
      break;
  }
  leave(0);
  return 0;
}
