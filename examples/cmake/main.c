/* CRC-32 of a kilobyte, bit by bit, held against the one that zlib gives. */
#include <stdint.h>

static uint8_t message[1024];

static int semihosting(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

static void print(const char *text) { semihosting(4, text); }

static void leave(int code) {
  const uint32_t block[2] = {0x20026, (uint32_t)code};
  semihosting(0x20, block);
}

__attribute__((noinline)) uint32_t crc32(const uint8_t *bytes, unsigned length) {
  uint32_t crc = 0xFFFFFFFF;
  while (length--) {
    crc ^= *bytes++;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320 & -(crc & 1));
  }
  return ~crc;
}

int main(void) {
  *(volatile uint32_t *)0x4001E540 = 1; /* NVMC.ICACHECNF: the instruction cache */
  for (unsigned i = 0; i < sizeof message; i++) message[i] = (uint8_t)i;
  int right = crc32(message, sizeof message) == 0xB70B4C26;
  print(right ? "crc ok\n" : "crc wrong\n");
  leave(!right);
  return 0;
}

void reset(void) {
  main();
  for (;;) ;
}

__attribute__((section(".vectors"), used)) void *const vectors[] = {(void *)0x20040000, (void *)reset};
