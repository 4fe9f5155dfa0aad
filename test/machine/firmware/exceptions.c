// Two tasks and the main thread on process stacks, switched by SysTick and PendSV, above them nested interrupts; all
// of them use the floating-point unit. Whenever the interrupts come, a task's checksum is the one that it has alone.
// The runtime of test/cli/firmware.ts comes before this file; every name beside the core's is of this test.
#define CPACR REG(0xE000ED88)
#define VTOR REG(0xE000ED08)
#define ICSR REG(0xE000ED04)
#define SHPR3 REG(0xE000ED20)
#define FPCCR REG(0xE000EF34)
#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)
#define NVIC_ISER0 REG(0xE000E100)
#define NVIC_ISPR0 REG(0xE000E200)
#define NVIC_IPR(n) (*(volatile uint8_t *)(0xE000E400 + (n)))
#define ICACHECNF REG(0x4001E540)

#define PENDSVSET (1u << 28)
#define LSPEN (1u << 30)
#define LOW 20
#define HIGH 21
#define ROUNDS 40
#define CONTEXTS 3

// Written by whoever runs this, before it starts.
volatile uint32_t first_reload, reloads, lazy, has_instruction_cache;
// Read by them afterwards; of each reload value a checksum of each task, and how often SysTick came.
volatile uint32_t alone[CONTEXTS], results[256][CONTEXTS];
volatile uint32_t switches, ticks, low_entries, high_entries, wrong;

uint32_t stacks[CONTEXTS][256] __attribute__((aligned(8)));
uint32_t *stack_pointers[CONTEXTS];
volatile uint32_t current;
static volatile uint32_t done[CONTEXTS], checksums[CONTEXTS], shared;
static volatile float handler_float;

// Integer and floating-point work with flags, IT blocks, multiple transfers, division, exclusives and rounding modes.
static __attribute__((noinline)) uint32_t work(uint32_t seed) {
  uint32_t a = seed, b = seed * 2654435761u, sum = 0;
  float x = 1.0f + seed, y = 0.3f;
  uint32_t block[8];
  for (int i = 0; i < 8; i++) block[i] = seed + i;
  for (int round = 0; round < ROUNDS; round++) {
    uint32_t mode = (uint32_t)(round & 3) << 22;
    __asm__ volatile("vmsr fpscr, %0" : : "r"(mode));
    __asm__ volatile(
        "adds %0, %0, %1\n\t"
        "adcs %1, %1, %0, ror #7\n\t"
        "itete mi\n\t"
        "addmi %0, %0, #3\n\t"
        "subpl %0, %0, #5\n\t"
        "eormi %1, %1, %0\n\t"
        "orrpl %1, %1, #1\n\t"
        "sbc %0, %0, %1, lsl #3\n\t"
        "udiv r4, %0, %1\n\t"
        "ldmia %2, {r5-r10}\n\t"
        "add r5, r5, r10\n\t"
        "eor r6, r6, r9, ror #3\n\t"
        "mla r7, r7, r8, r4\n\t"
        "stmia %2, {r5-r8}\n\t"
        "umlal r4, r5, r6, r7\n\t"
        "ssat r4, #17, r4\n\t"
        "add %0, %0, r4\n\t"
        : "+r"(a), "+r"(b)
        : "r"(block)
        : "r4", "r5", "r6", "r7", "r8", "r9", "r10", "cc", "memory");
    __asm__ volatile(
        "vmov s16, %2\n\t"
        "vfma.f32 %0, %1, s16\n\t"
        "vsqrt.f32 s17, %0\n\t"
        "vdiv.f32 %1, s17, %0\n\t"
        "vmov s31, %1\n\t"
        "vadd.f32 s18, s31, s16\n\t"
        "vcmp.f32 s18, %0\n\t"
        "vmrs APSR_nzcv, fpscr\n\t"
        "ite gt\n\t"
        "vmovgt %0, s18\n\t"
        "vaddle.f32 %0, %0, s17\n\t"
        : "+t"(x), "+t"(y)
        : "r"(0x3f800001u + (uint32_t)round)
        : "s16", "s17", "s18", "s31", "cc");
    uint32_t failed;
    do {
      uint32_t value;
      __asm__ volatile("ldrex %0, [%1]" : "=r"(value) : "r"(&shared) : "memory");
      value++;
      __asm__ volatile("strex %0, %2, [%1]" : "=&r"(failed) : "r"(&shared), "r"(value) : "memory");
    } while (failed);
    union {
      float f;
      uint32_t u;
    } bits = {x}, more = {y};
    uint32_t fpscr;
    __asm__ volatile("vmrs %0, fpscr" : "=r"(fpscr));
    sum = (sum << 5 | sum >> 27) ^ a ^ bits.u ^ more.u ^ (fpscr & 0xffc0009f);
  }
  __asm__ volatile("vmsr fpscr, %0" : : "r"(0));
  return sum + b;
}

static void task(uint32_t number) {
  checksums[number] = work(number);
  done[number] = 1;
  for (;;) ;
}

// Floating-point work in a handler, which must not be seen outside it.
static inline void disturb(uint32_t fpscr) {
  uint32_t start;
  __asm__ volatile("vmrs %0, fpscr" : "=r"(start));
  if (start & 0x07c00000) wrong++;
  __asm__ volatile("vmsr fpscr, %0" : : "r"(fpscr));
  float v = handler_float;
  __asm__ volatile(
      "vdiv.f32 s0, %0, %0\n\t"
      "vmov s1, s0\n\t vmov s2, s0\n\t vmov s3, s0\n\t vmov s7, s0\n\t vmov s13, s0\n\t vmov s14, s0\n\t vmov s15, s0"
      : : "t"(v) : "s0", "s1", "s2", "s3", "s7", "s13", "s14", "s15");
}

static void high_handler(void) {
  high_entries++;
  disturb(0x00c00000);
}

// Half of the entries leave the floating-point unit alone: their context is never written.
static void low_handler(void) {
  if (++low_entries & 1) disturb(0x02400000);
  NVIC_ISPR0 = 1u << HIGH;
  shared++;
}

static void systick_handler(void) {
  ticks++;
  if (ticks & 1) handler_float = handler_float * 1.25f;
  NVIC_ISPR0 = 1u << LOW;
  ICSR = PENDSVSET;
}

void next_context(void) {
  switches++;
  current = (current + 1) % CONTEXTS;
}

__attribute__((naked)) static void pendsv_handler(void) {
  __asm__ volatile(
      "mrs r0, psp\n\t"
      "tst lr, #0x10\n\t"
      "it eq\n\t"
      "vstmdbeq r0!, {s16-s31}\n\t"
      "stmdb r0!, {r4-r11, lr}\n\t"
      "ldr r1, =current\n\t"
      "ldr r2, [r1]\n\t"
      "ldr r3, =stack_pointers\n\t"
      "str r0, [r3, r2, lsl #2]\n\t"
      "push {r3, lr}\n\t"
      "bl next_context\n\t"
      "pop {r3, lr}\n\t"
      "ldr r1, =current\n\t"
      "ldr r2, [r1]\n\t"
      "ldr r0, [r3, r2, lsl #2]\n\t"
      "ldmia r0!, {r4-r11, lr}\n\t"
      "tst lr, #0x10\n\t"
      "it eq\n\t"
      "vldmiaeq r0!, {s16-s31}\n\t"
      "msr psp, r0\n\t"
      "bx lr\n\t"
      ".ltorg");
}

// As PendSV would have left it before the task's first instruction.
static void make_task(uint32_t number) {
  uint32_t *top = stacks[number] + 256;
  *--top = 1u << 24;
  *--top = (uint32_t)task & ~1u;
  for (int i = 0; i < 5; i++) *--top = 0;
  *--top = number;
  *--top = 0xFFFFFFFD;
  for (int i = 0; i < 8; i++) *--top = 0x11111111u * (i + 4);
  stack_pointers[number] = top;
}

static void run_tasks(uint32_t reload, uint32_t at) {
  const uint32_t before = ticks;
  for (uint32_t i = 1; i < CONTEXTS; i++) {
    done[i] = 0;
    make_task(i);
  }
  SYST_RVR = reload;
  SYST_CVR = 0;
  SYST_CSR = 7;
  while (!done[1] || !done[2]) ;
  SYST_CSR = 0;
  for (int i = 1; i < CONTEXTS; i++) {
    results[at][i] = checksums[i];
    if (checksums[i] != alone[i]) wrong++;
  }
  results[at][0] = ticks - before;
}

static void print_hex(uint32_t value) {
  char text[] = "00000000 ";
  for (int i = 7; i >= 0; i--, value >>= 4) text[i] = "0123456789abcdef"[value & 15];
  print(text);
}

static void *table[16 + 48] __attribute__((aligned(256)));

__attribute__((used)) static void all(void) {
  CPACR |= 0xFu << 20;
  __asm__ volatile("dsb\n\tisb");
  if (has_instruction_cache) ICACHECNF = 1;
  handler_float = 1.5f;
  if (!lazy) FPCCR &= ~LSPEN;
  for (int i = 0; i < 64; i++) table[i] = vectors[i];
  table[14] = pendsv_handler;
  table[15] = systick_handler;
  table[16 + LOW] = low_handler;
  table[16 + HIGH] = high_handler;
  VTOR = (uint32_t)table;
  NVIC_IPR(LOW) = 0x60;
  NVIC_IPR(HIGH) = 0x20;
  SHPR3 = 0x40E00000;
  for (int i = 1; i < CONTEXTS; i++) alone[i] = work(i);
  NVIC_ISER0 = 1u << LOW | 1u << HIGH;
  shared = 0;
  for (uint32_t i = 0; i < reloads; i++) run_tasks(first_reload + i, i);
  if (shared != reloads * 2 * ROUNDS + low_entries) wrong++;
  for (int i = 1; i < CONTEXTS; i++) print_hex(alone[i]);
  leave(wrong != 0);
}

// From the main stack to a process stack: the main thread is context 0.
__attribute__((naked)) int main(void) {
  __asm__ volatile(
      "ldr r0, =stacks + 1024\n\t"
      "msr psp, r0\n\t"
      "movs r0, #2\n\t"
      "msr control, r0\n\t"
      "isb\n\t"
      "bl all\n\t"
      "b .\n\t"
      ".ltorg");
}
