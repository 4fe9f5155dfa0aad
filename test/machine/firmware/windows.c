// Windows as fast as they go: phases, and a prediction on the console. What comes before this file is the runtime of
// test/cli/firmware.ts.
#define DEMCR REG(0xE000EDFC)
#define ITM_TER REG(0xE0000E00)
#define ITM_TCR REG(0xE0000E80)
#define ITM_LAR REG(0xE0000FB0)
#define STIMULUS(port) REG(0xE0000000 + 4 * (port))

static void phase(const char *name, int spin) {
  STIMULUS(1) = (uint32_t)name;
  for (int i = 0; i < spin; i++) __asm__ volatile("nop");
  STIMULUS(2) = (uint32_t)name;
}

static void line(const char *text) {
  for (; *text; text++) *(volatile char *)&STIMULUS(0) = *text;
}

int main(void) {
  DEMCR = 1u << 24;
  ITM_LAR = 0xC5ACCE55;
  ITM_TER = 7;
  ITM_TCR = 1;
  for (uint32_t window = 0;; window++) {
    for (int sample = 0; sample < 3; sample++) phase("sensor", 2);
    phase("preprocess", window % 7);
    phase("inference", 5 + window % 200);
    line(window % 3 ? "prediction: walking 0.5\n" : "prediction: standing 0.9\n");
  }
}
