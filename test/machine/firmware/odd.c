// What a run seldom has, one after the other: resets of its own and by the watchdog, sleep-on-exit, events, faults that a
// handler repairs and one in a handler, code in RAM that rewrites itself and is reached by both of its addresses, ACTLR and
// the cache changed in the middle, flash erased from flash and from RAM, System OFF. What comes before this file is the
// runtime of test/cli/firmware.ts, which clears nothing at a reset.
#define SCR REG(0xE000ED10)
#define VTOR REG(0xE000ED08)
#define AIRCR REG(0xE000ED0C)
#define CCR REG(0xE000ED14)
#define SHCSR REG(0xE000ED24)
#define CFSR REG(0xE000ED28)
#define HFSR REG(0xE000ED2C)
#define CPACR REG(0xE000ED88)
#define ACTLR REG(0xE000E008)
#define ISER0 REG(0xE000E100)
#define ISPR0 REG(0xE000E200)
#define ICACHECNF REG(0x4001E540)
#define NVMC(offset) REG(0x4001E000 + (offset))
#define RTC0(offset) REG(0x4000B000 + (offset))
#define TIMER0(offset) REG(0x40008000 + (offset))
#define WDT(offset) REG(0x40010000 + (offset))
#define PIN_CNF_11 REG(0x50000700 + 4 * 11)
#define PAGE 0x000F0000

volatile uint32_t stage, faults, hard, handled, sink;
static volatile float sum;

__attribute__((noinline)) uint32_t work(uint32_t n) {
  uint32_t all = n;
  for (uint32_t i = 0; i < n; i++) {
    all += (i * 7919) / (n | 1);
    sum = sum * 0.5f + (float)i;
    __asm__ volatile("push {r4-r11}\n\t ldmia %0, {r4-r11}\n\t pop {r4-r11}\n\t" ::"r"(0x400) : "memory");
  }
  return all;
}

// Sleep-on-exit: the thread does not go on until it is switched off.
__attribute__((noinline)) void tick(void) {
  RTC0(0x140) = 0;
  RTC0(0x100) = 0;
  TIMER0(0x140) = 0;
  handled++;
  sink += work(handled & 7);
  if (handled % 9 == 0) SCR &= ~2u;
  if (handled % 5 == 0) ISPR0 = 1u << 20;
}
__attribute__((noinline)) void other(void) { sink += work(3); }

// Goes on behind the instruction that faulted, of two or four bytes.
__attribute__((used)) void repair(uint32_t *frame) {
  faults++;
  CFSR = CFSR;
  HFSR = HFSR;
  uint32_t pc = frame[6];
  frame[6] = pc + ((*(volatile uint16_t *)(pc & ~1u) >> 11) >= 0x1d ? 4 : 2);
}
__attribute__((naked)) void fault(void) { __asm__ volatile("tst lr, #4\n ite eq\n mrseq r0, msp\n mrsne r0, psp\n b repair\n"); }
// A fault in a handler escalates.
__attribute__((noinline)) void svc(void) {
  sink += work(2);
  __asm__ volatile("udf #1");
  hard++;
}

static void *const table[16 + 48] __attribute__((aligned(256))) = {
    (void *)0x20040000, (void *)reset, (void *)spin_for_ever, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
    [11] = (void *)svc, [16 + 8] = (void *)tick, [16 + 11] = (void *)tick, [16 + 20] = (void *)other};

// MOVS r1, #n; loop: SUBS r1; ADDS r0, #3; BNE loop; STRH r2, [r3]; NOP or what has been stored; BX lr
static uint16_t in_ram[8] __attribute__((aligned(4)));
__attribute__((noinline)) static uint32_t rewrite(uint32_t alias, uint32_t n) {
  const uint16_t code[] = {0x2100 | (n & 0x1f), 0x3901, 0x3003, 0xd1fc & 0xffff, 0x801a, 0xbf00, 0x4770};
  for (int i = 0; i < 7; i++) in_ram[i] = code[i];
  in_ram[1] = 0x3003, in_ram[2] = 0x3901;
  __asm__ volatile("dsb\n isb" ::: "memory");
  register uint32_t r0 __asm__("r0") = 0;
  register uint32_t r2 __asm__("r2") = 0x3001 + n;  // ADDS r0, #n + 1
  register uint32_t r3 __asm__("r3") = (uint32_t)&in_ram[5];
  register uint32_t r12 __asm__("r12") = (((uint32_t)in_ram - alias) | 1);
  __asm__ volatile("blx r12" : "+r"(r0), "+r"(r2), "+r"(r3), "+r"(r12)::"r1", "lr", "memory", "cc");
  return r0;
}

static uint32_t erase_code[32];
static __attribute__((noinline)) void erase(void) {
  NVMC(0x508) = PAGE;
  while (!NVMC(0x400)) {
  }
}

static void faulty(void) {
  CCR |= 1 << 4;
  SHCSR |= 7 << 16;
  for (int i = 0; i < 3; i++) {
    __asm__ volatile("udf #3" ::: "memory");
    __asm__ volatile("udiv r0, r0, %0" ::"r"(0) : "r0");
    __asm__ volatile("ldr.w r0, [%0]" ::"r"(0x1fff0000) : "r0", "memory");
    __asm__ volatile("ldrd r0, r1, [%0]" ::"r"(0x20000002) : "r0", "r1", "memory");
    sink += work(2);
    __asm__ volatile("svc 0" ::: "memory");
  }
  CCR &= ~(1u << 4);
}

static void rtc(uint32_t ticks, uint32_t times) {
  REG(0x40000008) = 1;
  while (!REG(0x40000104)) {
  }
  ISER0 = 1u << 11 | 1u << 20 | 1u << 8;
  RTC0(0x304) = 1;
  RTC0(0x508) = 0;
  RTC0(0x004) = 1;
  RTC0(0x008) = 1;
  RTC0(0x000) = 1;
  TIMER0(0x504) = 0;
  TIMER0(0x508) = 3;
  TIMER0(0x510) = 0;
  TIMER0(0x200) = 1;
  TIMER0(0x540) = ticks;
  TIMER0(0x304) = 1u << 16;
  TIMER0(0x000) = 1;
  for (uint32_t i = 0; i < times; i++) {
    SCR |= 2;
    __asm__ volatile("wfi");
    sink += work(3);
    __asm__ volatile("wfe");
  }
  RTC0(0x004) = 1;
  RTC0(0x308) = 1;
}

int main(void) {
  VTOR = (uint32_t)table;
  CPACR |= 0xf << 20;
  uint32_t now = stage++;
  switch (now) {
    case 0:
      sink += work(20);
      AIRCR = 0x05FA0004;
      for (;;) {
      }
    case 1:
      ICACHECNF = 1;
      rtc(20011, 4);
      TIMER0(0x004) = 1;
      faulty();
      AIRCR = 0x05FA0004;
      for (;;) {
      }
    case 2:
      rtc(3001, 2);
      for (uint32_t i = 0; i < 12; i++) {
        ICACHECNF = i & 1 ? 0x101 : i == 4 ? 0 : 1;
        ACTLR = i % 3 == 0 ? 5 : i % 3 == 1 ? 2 : 0;
        sink += rewrite(i & 1 ? 0x1f800000 : 0, 3 + i);
        sink += work(5);
      }
      ACTLR = 0;
      NVMC(0x504) = 2;
      erase();
      const uint32_t *from = (const uint32_t *)((uint32_t)erase & ~3u);
      for (int i = 0; i < 32; i++) erase_code[i] = from[i];
      __asm__ volatile("dsb\n\tisb" ::: "memory");
      ((void (*)(void))((uint32_t)erase_code + ((uint32_t)erase & 3u)))();
      NVMC(0x504) = 1;
      for (int i = 0; i < 8; i++) REG(PAGE + 4 * i) = sink + i;
      NVMC(0x504) = 0;
      WDT(0x504) = 327;
      WDT(0x000) = 1;
      for (;;) sink += work(9);
    case 3:
      faulty();
      print("off\n");
      for (int i = 0; i < 9; i++) REG(0x40000904 + 16 * i) = 0xffffffff;
      PIN_CNF_11 = (1u << 2) | (2u << 16);
      REG(0x40000500) = 1;
      for (;;) {
      }
    default:
      sink += work(50);
      leave(0);
  }
  return 0;
}
