// A USB serial port (CDC ACM) on USBD, driven in the order in which the stacks of others do it: STYLE 1 as TinyUSB's
// dcd_nrf5x, 2 as nrfx_usbd under Zephyr, 3 as nrfx_usbd under mbed, with SOF on and status stages by a shortcut. What
// comes before this file is the runtime of test/cli/firmware.ts: nothing initialises RAM, which is zero.
#define U(offset) REG(0x40027000 + (offset))
#define POWER(offset) REG(0x40000000 + (offset))
#define USBD_IRQ 39
#define WFE() __asm__ volatile("wfe" ::: "memory")
#define SYNC() __asm__ volatile("isb; dsb" ::: "memory")

#define STARTEPIN(n) U(0x004 + 4 * (n))
#define STARTEPOUT(n) U(0x028 + 4 * (n))
#define EP0RCVOUT U(0x04c)
#define EP0STATUS U(0x050)
#define EP0STALL U(0x054)
#define EVENT(n) U(0x100 + 4 * (n))
#define USBRESET EVENT(0)
#define ENDEPIN(n) EVENT(2 + (n))
#define EP0DATADONE EVENT(10)
#define ENDEPOUT(n) EVENT(12 + (n))
#define SOF EVENT(21)
#define USBEVENT EVENT(22)
#define EP0SETUP EVENT(23)
#define EPDATA EVENT(24)
#define SHORTS U(0x200)
#define INTEN U(0x300)
#define INTENSET U(0x304)
#define INTENCLR U(0x308)
#define EVENTCAUSE U(0x400)
#define EPDATASTATUS U(0x46c)
#define SETUP(n) U(0x480 + 4 * (n))
#define SIZE_EPOUT(n) U(0x4a0 + 4 * (n))
#define ENABLE U(0x500)
#define USBPULLUP U(0x504)
#define EPINEN U(0x510)
#define EPOUTEN U(0x514)
#define EPSTALL U(0x518)
#define ISOSPLIT U(0x51c)
#define LOWPOWER U(0x52c)
#define IN(n, offset) U(0x600 + 0x14 * (n) + (offset))
#define OUT(n, offset) U(0x700 + 0x14 * (n) + (offset))
#define BIT(n) (1u << (n))

#define NOTIFY 1
#define DATA 2
#define MPS 64

static const uint8_t device[18] = {18, 1, 0, 2, 0xef, 2, 1, MPS, 0x41, 0x23, 0x5a, 0x80, 0, 1, 1, 2, 3, 1};
static const uint8_t configuration[75] = {
    9, 2, 75, 0, 2, 1, 0, 0xa0, 50,
    8, 11, 0, 2, 2, 2, 0, 0,
    9, 4, 0, 0, 1, 2, 2, 0, 0, 5, 0x24, 0, 0x10, 1, 5, 0x24, 1, 0, 1, 4, 0x24, 2, 2, 5, 0x24, 6, 0, 1,
    7, 5, 0x80 | NOTIFY, 3, 16, 0, 10,
    9, 4, 1, 0, 2, 10, 0, 0, 0, 7, 5, DATA, 2, MPS, 0, 0, 7, 5, 0x80 | DATA, 2, MPS, 0, 0};
static const char *const strings[4] = {0, "Boardless", "Serial port", "12345"};

volatile uint32_t opened, configured, sofs, suspends, line_baud;
static uint8_t setup[8], control[256], line[64];
// Endpoint 0's data stage.
static uint32_t in_left, out_wanted;
static const uint8_t *in_next;
static uint8_t pending_zlp;
// What is sent and received on the serial port.
static uint8_t *tx_next, tx_buffer[64];
static volatile uint32_t tx_left, tx_busy, rx_waiting, rx_count;
static uint32_t tx_chunk;
// EasyDMA: one at a time, the others wait here (bits as EPSTATUS has them).
static volatile uint32_t dma_running, dma_waiting;
static uint8_t attached, started;

static void start_now(uint32_t bit) {
  dma_running = BIT(bit);
#if STYLE != 1
  U(0xc1c) = 0x82;
#endif
  if (bit < 16) STARTEPIN(bit) = 1;
  else STARTEPOUT(bit - 16) = 1;
  SYNC();
}

static void dma(uint32_t bit) {
  if (dma_running == 0) start_now(bit);
  else dma_waiting |= BIT(bit);
}

static void dma_ended(void) {
#if STYLE != 1
  U(0xc1c) = 0;
#endif
  dma_running = 0;
}

static void dma_next(void) {
  if (dma_running != 0 || dma_waiting == 0 || LOWPOWER != 0) return;
  uint32_t bit = __builtin_ctz(dma_waiting);
  dma_waiting &= ~BIT(bit);
  start_now(bit);
}

static void ep0_in_packet(void) {
  uint32_t length = in_left < MPS ? in_left : MPS;
  IN(0, 0) = (uint32_t)in_next;
  IN(0, 4) = length;
  dma(0);
}

static void ep0_status(void) { EP0STATUS = 1; }

static void ep0_answer(const uint8_t *bytes, uint32_t length) {
  uint32_t asked = setup[6] | setup[7] << 8;
  pending_zlp = length < asked && length % MPS == 0;
  if (length > asked) length = asked;
  for (uint32_t i = 0; i < length; i++) control[i] = bytes[i];
  in_next = control;
  in_left = length;
  ep0_in_packet();
}

static void ep0_string(uint32_t index) {
  static uint8_t text[64];
  uint32_t length = 4;
  text[0] = 4, text[1] = 3, text[2] = 9, text[3] = 4;
  if (index != 0) {
    length = 2;
    for (const char *at = strings[index & 3]; *at != 0; at++) {
      text[length++] = (uint8_t)*at;
      text[length++] = 0;
    }
    text[0] = (uint8_t)length;
  }
  ep0_answer(text, length);
}

static void open_endpoints(void) {
  INTENSET = BIT(2 + NOTIFY) | BIT(2 + DATA) | BIT(12 + DATA);
  EPINEN |= BIT(NOTIFY) | BIT(DATA);
  EPOUTEN |= BIT(DATA);
  SIZE_EPOUT(DATA) = 0;
  configured = 1;
}

static void on_setup(void) {
  for (int i = 0; i < 8; i++) setup[i] = (uint8_t)SETUP(i);
  in_left = out_wanted = pending_zlp = 0;
  switch (setup[0] << 8 | setup[1]) {
  case 0x0005: return; // SET_ADDRESS: the hardware's
  case 0x8006:
    if (setup[3] == 1) ep0_answer(device, sizeof device);
    else if (setup[3] == 2) ep0_answer(configuration, sizeof configuration);
    else if (setup[3] == 3 && setup[2] < 4) ep0_string(setup[2]);
    else EP0STALL = 1;
    return;
  case 0x0009: open_endpoints(); ep0_status(); return;
  case 0x2120: out_wanted = 7; EP0RCVOUT = 1; return;
  case 0x2122: opened = setup[2] & 1; ep0_status(); return;
  default: EP0STALL = 1;
  }
}

static void on_ep0_data(void) {
  if (setup[0] & 0x80) {
    uint32_t sent = IN(0, 4);
    in_next += sent;
    in_left -= sent;
    if (in_left > 0) ep0_in_packet();
    else if (pending_zlp) { pending_zlp = 0; ep0_in_packet(); }
    else ep0_status();
  } else {
    OUT(0, 0) = (uint32_t)line;
    OUT(0, 4) = SIZE_EPOUT(0);
    dma(16);
  }
}

static void on_ep0_out_end(void) {
  line_baud = line[0] | line[1] << 8 | line[2] << 16 | (uint32_t)line[3] << 24;
#if STYLE == 3
  SHORTS = 0;
#else
  ep0_status();
#endif
}

static void send_chunk(void) {
  tx_chunk = tx_left < MPS ? tx_left : MPS;
  for (uint32_t i = 0; i < tx_chunk; i++) tx_buffer[i] = tx_next[i];
  IN(DATA, 0) = (uint32_t)tx_buffer;
  IN(DATA, 4) = tx_chunk;
  dma(DATA);
}

static void on_data(uint32_t status) {
  if (status & BIT(DATA)) {
    tx_next += tx_chunk;
    tx_left -= tx_chunk;
    if (tx_left > 0) send_chunk();
    else tx_busy = 0;
  }
  if (status & BIT(16 + DATA)) rx_waiting = 1;
}

static void on_cause(void) {
  uint32_t cause = EVENTCAUSE;
  EVENTCAUSE = cause;
  if (cause & BIT(8)) {
    suspends++;
    LOWPOWER = 1;
    (void)LOWPOWER;
  }
}

static void on_reset(void) {
#if STYLE == 1
  for (int i = 0; i < 8; i++) { STARTEPIN(i) = 0; STARTEPOUT(i) = 0; }
  USBEVENT = 0;
  EVENTCAUSE |= EVENTCAUSE;
  INTENCLR = INTEN;
  INTENSET = BIT(0) | BIT(22) | BIT(24) | BIT(23) | BIT(10) | BIT(2) | BIT(12);
#endif
  dma_running = dma_waiting = 0;
  configured = opened = 0;
}

static void on_out_end(uint32_t n) {
  if (n == 0) on_ep0_out_end();
  else rx_count = OUT(n, 8);
}

__attribute__((noinline)) void usbd_handler(void) {
#if STYLE == 1
  uint32_t enabled = INTEN, events = 0;
  for (int i = 0; i < 25; i++)
    if ((enabled & BIT(i)) && EVENT(i)) {
      events |= BIT(i);
      EVENT(i) = 0;
      SYNC();
    }
  if (events & BIT(0)) on_reset();
  if (events & BIT(22)) on_cause();
  if (events & BIT(23)) on_setup();
  if (events & (0xffu << 2 | 0xffu << 12)) dma_ended();
  for (uint32_t n = 0; n < 8; n++)
    if (events & BIT(12 + n)) on_out_end(n);
  if (events & (BIT(24) | BIT(10))) {
    uint32_t status = EPDATASTATUS;
    EPDATASTATUS = status;
    SYNC();
    if (events & BIT(10)) on_ep0_data();
    on_data(status);
  }
#else
  if (SOF) { SOF = 0; sofs++; }
  uint32_t status = 0, control_done = 0;
  if (EPDATA) { EPDATA = 0; status = EPDATASTATUS; EPDATASTATUS = status; }
  if (EP0DATADONE) { EP0DATADONE = 0; control_done = 1; }
  for (uint32_t n = 0; n < 8; n++) {
    if (dma_running & BIT(n) && ENDEPIN(n)) { ENDEPIN(n) = 0; dma_ended(); }
    if (dma_running & BIT(16 + n) && ENDEPOUT(n)) { ENDEPOUT(n) = 0; dma_ended(); on_out_end(n); }
  }
  if (control_done) on_ep0_data();
  if (status) on_data(status);
  if (USBRESET) { USBRESET = 0; on_reset(); }
  if (USBEVENT) { USBEVENT = 0; on_cause(); }
  if (EP0SETUP) {
    EP0SETUP = 0;
    on_setup();
#if STYLE == 3
    if (out_wanted) SHORTS = BIT(3);
#endif
  }
#endif
  dma_next();
}

static void workaround(uint32_t address, uint32_t value) {
  if (REG(0x4006ec00) == 0) { REG(0x4006ec00) = 0x9375; REG(address) = value; REG(0x4006ec00) = 0x9375; }
  else REG(address) = value;
}

static void usb_enable(void) {
  if (ENABLE) return;
  workaround(0x4006ed14, 3);
  workaround(0x4006ec14, 0xc0);
  EVENTCAUSE = BIT(11);
  ENABLE = 1;
  SYNC();
#if STYLE == 1
  POWER(0x100) = 0;
  POWER(0x000) = 1;
#else
  while (!(EVENTCAUSE & BIT(11)));
  EVENTCAUSE = BIT(11);
  workaround(0x4006ec14, 0);
  workaround(0x4006ed14, 0);
  U(0x800) = 0x7e3;
  U(0x804) = 0x40;
  ISOSPLIT = 0x80;
  U(0xc1c) = 0;
  POWER(0x000) = 1;
#endif
}

static void usb_start(void) {
  if (started) return;
  started = 1;
#if STYLE == 1
  while (!(EVENTCAUSE & BIT(11)));
  EVENTCAUSE = BIT(11);
  workaround(0x4006ec14, 0);
  workaround(0x4006ed14, 0);
  U(0x800) = 0x7e3;
  U(0x804) = 0x40;
  ISOSPLIT = 0x80;
  INTENSET = BIT(0);
#else
  INTEN = BIT(0) | BIT(2) | BIT(10) | BIT(12) | BIT(22) | BIT(23) | BIT(24) | (STYLE == 3 ? BIT(21) : 0);
#endif
  REG(0xE000E284) = BIT(USBD_IRQ - 32);
  REG(0xE000E104) = BIT(USBD_IRQ - 32);
#if STYLE == 1
  while (!(POWER(0x40c) & 1));
#endif
  USBPULLUP = 1;
}

__attribute__((noinline)) void power_handler(void) {
  if (POWER(0x11c)) {
    POWER(0x11c) = 0;
    if (STYLE == 1 || attached) usb_enable();
  }
  if (POWER(0x124)) {
    POWER(0x124) = 0;
    usb_start();
  }
}

static void *const table[16 + 48] __attribute__((aligned(256))) = {
    [3] = (void *)spin_for_ever, [16] = (void *)power_handler, [16 + USBD_IRQ] = (void *)usbd_handler};

static void usb_init(void) {
  REG(0xE000ED08) = (uint32_t)table;
  REG(0xE000E100) = 1;
#if STYLE == 1
  POWER(0x304) = BIT(7) | BIT(8) | BIT(9);
  uint32_t status = POWER(0x438);
  if (status & 1) usb_enable();
  if (status & 2) usb_start();
#else
  U(0x530) |= 1;
  POWER(0x304) = BIT(7) | BIT(8) | BIT(9);
  SYNC();
  attached = 1;
  if ((POWER(0x438) & 3) == 1) {
    usb_enable();
    if (POWER(0x438) & 2) usb_start();
  }
#endif
}

static void serial_write(const char *text) {
  static uint8_t out[2048];
  uint32_t length = 0;
  for (; text[length] != 0; length++) out[length] = (uint8_t)text[length];
  while (tx_busy) WFE();
  __asm__ volatile("cpsid i");
  tx_busy = 1;
  tx_next = out;
  tx_left = length;
  send_chunk();
  __asm__ volatile("cpsie i");
  while (tx_busy) WFE();
}

int main(void) {
  static char echo[80], digits[12];
  usb_init();
  while (!opened) WFE();
  serial_write("hello\r\n");
  uint32_t at = 0, value = line_baud;
  do digits[at++] = (char)('0' + value % 10); while (value /= 10);
  while (at) { char one[2] = {digits[--at], 0}; serial_write(one); }
  serial_write(" baud\r\n");
  static char lots[1001];
  for (int i = 0; i < 1000; i++) lots[i] = (char)(i % 50 == 49 ? '\n' : 'a' + i % 26);
  serial_write(lots);
  for (;;) {
    while (!rx_waiting) WFE();
    rx_waiting = 0;
    static uint8_t in[64];
    __asm__ volatile("cpsid i");
    uint32_t size = SIZE_EPOUT(DATA);
    OUT(DATA, 0) = (uint32_t)in;
    OUT(DATA, 4) = size;
    rx_count = 0;
    dma(16 + DATA);
    __asm__ volatile("cpsie i");
    while (rx_count == 0) WFE();
    for (uint32_t i = 0; i < size; i++) echo[i] = (char)(in[i] >= 'a' && in[i] <= 'z' ? in[i] - 32 : in[i]);
    echo[size] = 0;
    serial_write(echo);
  }
}
