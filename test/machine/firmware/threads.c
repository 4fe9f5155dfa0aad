// Two threads and an idle one that PendSV switches between by PSP, SysTick that pre-empts them, an interrupt above it, one
// of the same priority that is tail-chained, SVC, a fault handler that sends the thread elsewhere, a thread that is ended,
// longjmp out of a recursion. What comes before this file is the runtime of test/cli/firmware.ts.
#define VTOR REG(0xE000ED08)
#define SHPR2 REG(0xE000ED1C)
#define SHPR3 REG(0xE000ED20)
#define SHCSR REG(0xE000ED24)
#define ICSR REG(0xE000ED04)
#define CCR REG(0xE000ED14)
#define CFSR REG(0xE000ED28)
#define CPACR REG(0xE000ED88)
#define ISER0 REG(0xE000E100)
#define ISPR0 REG(0xE000E200)
#define IPR(n) (*(volatile uint8_t *)(0xE000E400 + (n)))
#define QUIET __attribute__((no_instrument_function))
#define APART __attribute__((noinline, noipa))

enum { THREADS = 3, WORDS = 256 };
uint32_t stacks[THREADS][WORDS] __attribute__((aligned(1024)));
uint32_t *saved[THREADS];
volatile uint32_t current, switches, ticks, above, beside, calls, recovered, rounds[THREADS], sink, done, thrown;

// Never called: probes stand here.
QUIET __attribute__((noinline, used)) void __cyg_profile_func_enter(void *function, void *site) { __asm__ volatile("" ::"r"(function), "r"(site)); }
QUIET __attribute__((noinline, used)) void __cyg_profile_func_exit(void *function, void *site) { __asm__ volatile("nop" ::"r"(function), "r"(site)); }

APART uint32_t leaf(uint32_t n) {
  for (uint32_t i = 0; i < n; i++) sink += i / (n | 1);
  return sink;
}
APART uint32_t recursive(uint32_t n) { return n == 0 ? leaf(3) : recursive(n - 1) + leaf(n); }
APART uint32_t floating(uint32_t n) {
  volatile float sum = 0;
  for (uint32_t i = 0; i < n; i++) sum = sum + (float)i / 3.0f;
  return (uint32_t)sum;
}
void *jump[5];
APART void thrower(uint32_t n) {
  volatile uint32_t room[8];
  room[n & 7] = n;
  if (n == 0) {
    thrown++;
    __builtin_longjmp(jump, 1);
  }
  thrower(n - 1);
  room[1]++;
}
APART uint32_t catcher(uint32_t n) {
  if (n < 5) {  // only the outermost catches
    thrower(n);
    return 1;
  }
  if (__builtin_setjmp(jump) == 0) return catcher(n - 5);
  return leaf(4) + leaf(5);
}

APART void service(uint32_t n) { calls++; leaf(n); }
void svc_handler(void) { service(5); ICSR = 1u << 28; }
void tick_handler(void) {
  ticks++;
  leaf(6);
  ISPR0 = 3u;  // EGU-like: one above, one beside
  leaf(2);
  ICSR = 1u << 28;
}
APART void deep(uint32_t n) { recursive(n); }
void above_handler(void) { above++; deep(2); floating(3); }
void beside_handler(void) { beside++; recursive(1); }

APART uint32_t recover(uint32_t n) {
  recovered++;
  sink += n;
  return leaf(7);
}
QUIET APART __attribute__((naked)) uint32_t divide(uint32_t a, uint32_t b) { __asm__ volatile("udiv r0, r0, r1\n bx lr"); }
// Sends who divided by zero to `recover`, which returns where `divide` would have.
QUIET __attribute__((naked)) void usage_handler(void) {
  __asm__ volatile(
      "mrs r0, psp\n"
      "ldr r1, =recover\n"
      "bic r1, #1\n"
      "str r1, [r0, #24]\n"
      "ldr r1, =0xE000ED28\n"
      "ldr r2, [r1]\n"
      "str r2, [r1]\n"
      "bx lr\n .ltorg\n");
}

QUIET void next_thread(uint32_t *stack) {
  saved[current] = stack;
  switches++;
  current = current == 0 ? (done & 2 ? 2 : 1) : current == 1 ? (done & 1 ? 2 : switches & 1 ? 2 : 0) : done & 1 ? (done & 2 ? 2 : 1) : 0;
}
QUIET __attribute__((naked)) void pendsv_handler(void) {
  __asm__ volatile(
      "mrs r0, psp\n"
      "tst lr, #0x10\n it eq\n vstmdbeq r0!, {s16-s31}\n"
      "stmdb r0!, {r4-r11, lr}\n"
      "bl next_thread\n"
      "ldr r0, =saved\n ldr r1, =current\n ldr r1, [r1]\n ldr r0, [r0, r1, lsl #2]\n"
      "ldmia r0!, {r4-r11, lr}\n"
      "tst lr, #0x10\n it eq\n vldmiaeq r0!, {s16-s31}\n"
      "msr psp, r0\n"
      "bx lr\n .ltorg\n");
}

void first(void) {
  for (;;) {
    rounds[0]++;
    recursive(4);
    if (rounds[0] % 3 == 0) divide(7, 0);
    if (rounds[0] % 4 == 0) __asm__ volatile("svc 1");
    catcher(8);
    if (rounds[0] == 60) {
      done |= 1;
      for (;;) __asm__ volatile("svc 2");
    }
  }
}
void second(void) {
  for (;;) {
    rounds[1]++;
    floating(12);
    leaf(9);
    if (rounds[1] == 40) {
      done |= 2;
      for (;;) ICSR = 1u << 28;
    }
  }
}
// Never calls, and never leaves its function.
QUIET void idle(void) {
  for (;;) {
    rounds[2]++;
    if (done == 3) {
      print("done\n");
      leave(0);
    }
    __asm__ volatile("nop");  // SysTick stands still in sleep
  }
}

QUIET static void make(int thread, void (*entry)(void)) {
  uint32_t *top = &stacks[thread][WORDS - 18];
  top[15] = 0x01000000;
  top[14] = (uint32_t)entry & ~1u;
  top[13] = 0;
  uint32_t *bottom = top + 8 - 9;
  for (int i = 0; i < 8; i++) bottom[i] = 0;
  bottom[8] = 0xfffffffd;
  saved[thread] = bottom;
}

__attribute__((aligned(256))) void *const table[64] = {
    (void *)0x20040000, (void *)reset, (void *)spin_for_ever, (void *)spin_for_ever, (void *)spin_for_ever, (void *)spin_for_ever,
    (void *)usage_handler, 0, 0, 0, 0, (void *)svc_handler, 0, 0, (void *)pendsv_handler, (void *)tick_handler,
    (void *)above_handler, (void *)beside_handler};

int main(void) {
  REG(0x4001E540) = 1;  // the instruction cache
  VTOR = (uint32_t)table;
  CPACR |= 0xf << 20;
  CCR |= 1 << 4;
  SHCSR |= 1 << 18;
  SHPR3 = (0x80u << 24) | (0xe0u << 16);
  SHPR2 = 0xc0u << 24;
  IPR(0) = 0x40;
  IPR(1) = 0x80;
  ISER0 = 3;
  make(1, second);
  make(2, idle);
  REG(0xE000E014) = 5003;
  REG(0xE000E018) = 0;
  // This becomes the first thread.
  uint32_t *top = &stacks[0][WORDS];
  __asm__ volatile(
      "msr psp, %0\n mov r0, #2\n msr control, r0\n isb\n"
      "ldr r0, =0xE000E010\n mov r1, #7\n str r1, [r0]\n"
      "b first\n .ltorg\n" ::"r"(top)
      : "r0", "r1");
  return 0;
}
