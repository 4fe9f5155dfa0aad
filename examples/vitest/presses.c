/* Counts presses of button 1 of the nRF52840-DK (P0.11, low when pressed), which count once they last 10 ms. */
#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define P0_IN REGISTER(0x50000510)
#define P0_PIN_CNF(pin) REGISTER(0x50000700 + 4 * (pin))
#define RTC0_START REGISTER(0x4000B000)
#define RTC0_COUNTER REGISTER(0x4000B504)
#define CLOCK_LFCLKSTART REGISTER(0x40000008)
#define CLOCK_LFCLKSRC REGISTER(0x40000518)
#define BUTTON 11
#define INPUT_WITH_PULL_UP 0x0C
/* Of 32768 Hz. */
#define TEN_MILLISECONDS 328

volatile uint32_t presses;

static void print(const char *text) {
  register int operation __asm__("r0") = 4; /* semihosting: SYS_WRITE0 */
  register const char *argument __asm__("r1") = text;
  __asm__ volatile("bkpt 0xAB" : "+r"(operation) : "r"(argument) : "memory");
}

__attribute__((noinline)) void start_up(void) {
  P0_PIN_CNF(BUTTON) = INPUT_WITH_PULL_UP;
  CLOCK_LFCLKSRC = 0;
  CLOCK_LFCLKSTART = 1;
  RTC0_START = 1;
}

__attribute__((noinline)) void on_press(void) {
  presses = presses + 1;
  print("pressed\n");
}

static int is_pressed(void) { return !(P0_IN & (1u << BUTTON)); }

int main(void) {
  start_up();
  print("ready\n");
  uint32_t since = 0;
  int was_pressed = 0, is_counted = 0;
  for (;;) {
    int pressed = is_pressed();
    if (pressed != was_pressed) since = RTC0_COUNTER;
    was_pressed = pressed;
    if (!pressed) is_counted = 0;
    else if (!is_counted && ((RTC0_COUNTER - since) & 0xFFFFFF) >= TEN_MILLISECONDS) {
      is_counted = 1;
      on_press();
    }
  }
}

void reset(void) { main(); for (;;) ; }

__attribute__((section(".vectors"), used)) void *const vectors[] = {(void *)0x20040000, (void *)reset};
