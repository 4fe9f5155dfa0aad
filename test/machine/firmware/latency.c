// SysTick interrupts a run of NOPs, one cycle each; its handler leaves PendSV to be tail-chained. What comes before
// this file is the runtime of test/cli/firmware.ts.
#define CPACR REG(0xE000ED88)
#define VTOR REG(0xE000ED08)
#define FPCCR REG(0xE000EF34)
#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)
#define ICACHECNF REG(0x4001E540)
#define LSPEN (1u << 30)

// Written by whoever runs this, before it starts.
volatile uint32_t first_reload, reloads, eager, floating_point;
volatile uint32_t ticks;

static void *table[16 + 48] __attribute__((aligned(256)));

__attribute__((naked)) void systick_handler(void) {
  __asm__ volatile(
      "ldr r0, =0xE000ED04\n\t"
      "mov r1, #0x10000000\n\t"
      "str r1, [r0]\n\t"
      "ldr r0, =ticks\n\t"
      "ldr r1, [r0]\n\t"
      "adds r1, #1\n\t"
      "str r1, [r0]\n\t"
      "nop\n\t"
      ".global systick_return\n"
      "systick_return:\n\t"
      "bx lr\n\t"
      ".ltorg");
}

__attribute__((naked)) void pendsv_handler(void) {
  __asm__ volatile(
      "nop\n\t"
      ".global pendsv_return\n"
      "pendsv_return:\n\t"
      "bx lr");
}

__attribute__((noinline)) void nops(void) {
  __asm__ volatile(
      ".global first_nop\n"
      "first_nop:\n\t"
      ".rept 2000\n\tnop\n\t.endr\n"
      ".global last_nop\n"
      "last_nop:\n\t"
      "nop");
}

int main(void) {
  CPACR |= 0xFu << 20;
  __asm__ volatile("dsb\n\tisb");
  ICACHECNF = 1;
  if (eager) FPCCR &= ~LSPEN;
  for (int i = 0; i < 64; i++) table[i] = vectors[i];
  table[14] = pendsv_handler;
  table[15] = systick_handler;
  VTOR = (uint32_t)table;
  if (floating_point) __asm__ volatile("vmov s0, %0" : : "r"(0) : "s0");
  for (uint32_t i = 0; i < reloads; i++) {
    SYST_RVR = first_reload + i;
    SYST_CVR = 0;
    SYST_CSR = 7;
    nops();
    SYST_CSR = 0;
  }
  leave(0);
  return 0;
}
