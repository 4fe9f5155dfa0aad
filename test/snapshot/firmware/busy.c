// All at once: EasyDMA, a flash that is erased and written, code in RAM that is replaced, the cache on and off, TIMER
// interrupts in the middle of multiples and divides, floating point in the handler too, sleep. What comes before this file
// is the runtime of test/cli/firmware.ts.
#define VTOR REG(0xE000ED08)
#define CPACR REG(0xE000ED88)
#define ACTLR REG(0xE000E008)
#define ISER0 REG(0xE000E100)
#define ICACHECNF REG(0x4001E540)
#define NVMC(offset) REG(0x4001E000 + (offset))
#define UARTE(offset) REG(0x40002000 + (offset))
#define TIMER1(offset) REG(0x40009000 + (offset))
#define RNG(offset) REG(0x4000D000 + (offset))
#define TIMER1_IRQ 9

#define PAGE 0x000F0000

static volatile uint32_t handled;
static volatile float sum;
static uint8_t sent[64];
static uint32_t words[16];

__attribute__((noinline)) void handler(void) {
  TIMER1(0x140) = 0;
  handled++;
  sum = sum * 0.5f + (float)handled;
}

static void *const table[16 + 48] __attribute__((aligned(256))) = {
    [3] = (void *)spin_for_ever, [16 + TIMER1_IRQ] = (void *)handler};

static void transmit(int round) {
  for (int i = 0; i < 64; i++) sent[i] = i == 63 ? '\n' : 'a' + (i + round) % 26;
  UARTE(0x120) = 0;
  UARTE(0x544) = (uint32_t)sent;
  UARTE(0x548) = 64;
  UARTE(0x008) = 1;
}

static __attribute__((noinline)) uint32_t work(uint32_t a, uint32_t b) {
  uint32_t x = a, y = b;
  for (int i = 0; i < 50; i++) {
    __asm__ volatile(
        "ldmia %2, {r4-r11}\n\t"
        "add r4, r4, r11\n\t"
        "stmia %2, {r4-r11}\n\t"
        "udiv %0, %0, %1\n\t"
        "push {r4-r11}\n\t"
        "pop {r4-r11}\n\t"
        "cmp %0, #7\n\t"
        "itte hi\n\t"
        "addhi %0, %0, %1\n\t"
        "eorhi %1, %1, %0\n\t"
        "addls %0, %0, #99\n\t"
        : "+r"(x), "+r"(y)
        : "r"(words)
        : "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "cc", "memory");
    if (y == 0) y = 3;
    sum = sum + (float)x;
  }
  return x + y;
}

// ADDS r0, #n; BX lr, in RAM.
static uint16_t in_ram[2] __attribute__((aligned(4)));
static uint32_t call_ram(int n) {
  in_ram[0] = 0x3000 | (n & 0xff);
  in_ram[1] = 0x4770;
  __asm__ volatile("dsb\n\tisb" ::: "memory");
  return ((uint32_t (*)(uint32_t))((uint32_t)in_ram | 1))(1);
}

// From RAM, the flash can be watched while it is busy.
static uint32_t erase_code[32];
static __attribute__((noinline)) void erase(void) {
  NVMC(0x508) = PAGE;
  while (!NVMC(0x400)) {
  }
}
static void erase_from_ram(void) {
  const uint32_t *from = (const uint32_t *)((uint32_t)erase & ~3u);
  for (int i = 0; i < 32; i++) erase_code[i] = from[i];
  __asm__ volatile("cpsid i\n\tdsb\n\tisb" ::: "memory");
  ((void (*)(void))((uint32_t)erase_code + ((uint32_t)erase & 3u)))();
  __asm__ volatile("cpsie i");
}

int main(void) {
  VTOR = (uint32_t)table;
  CPACR = 0xFu << 20;
  ISER0 = 1u << TIMER1_IRQ;
  UARTE(0x50C) = 6;
  UARTE(0x524) = 0x01D7E000;
  UARTE(0x500) = 8;
  TIMER1(0x510) = 0;
  TIMER1(0x508) = 3;
  TIMER1(0x540) = 1237;
  TIMER1(0x200) = 1;
  TIMER1(0x304) = 1u << 16;
  TIMER1(0x000) = 1;
  RNG(0x000) = 1;
  uint32_t total = 0;
  for (int i = 0; i < 16; i++) words[i] = i * 77;
  for (int round = 0; round < 6; round++) {
    ICACHECNF = round & 1 ? 0x101 : round == 4 ? 0 : 1;
    ACTLR = round == 3 ? 5 : 0;
    transmit(round);
    total += work(total + 1000000, round + 2);
    for (int i = 0; i < 3; i++) total += call_ram(round + i);
    NVMC(0x504) = 2;
    if (round == 2) erase_from_ram();
    if (round == 3) erase();
    NVMC(0x504) = 1;
    for (int i = 0; i < 8; i++) REG(PAGE + 4 * i) = total + i;
    NVMC(0x504) = 0;
    total += REG(PAGE + 8) + RNG(0x508);
    while (!UARTE(0x120)) __asm__ volatile("wfi");
    for (int i = 0; i < 5; i++) {
      __asm__ volatile("wfe");
      total += work(total, i + 2);
    }
  }
  print(total == 0 ? "none\n" : "done\n");
  leave((int)handled & 0x7f);
  return 0;
}
