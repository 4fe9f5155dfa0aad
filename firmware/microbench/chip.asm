// The nRF52840 around the processor: EasyDMA and RAM slaves, the flash while it is busy, stacks, peripheral buses.

.macro loads_8 base
.irp n, 0, 4, 8, 12, 16, 20, 24, 28
  ldr.w r0, [\base, #\n]
.endr
.endm
.macro stores_8 base
.irp n, 0, 4, 8, 12, 16, 20, 24, 28
  str.w r1, [\base, #\n]
.endr
.endm

// SPIM3, on no pins, reads 1000 bytes at 32 Mbit/s meanwhile: a byte in 16 cycles.
.macro spim_reads symbol
  address r9, 0x4002F000
  movs r2, #7
  str.w r2, [r9, #0x500]
  mov r2, #0x14000000
  str.w r2, [r9, #0x524]
  address r2, \symbol
  str.w r2, [r9, #0x544]
  mov r2, #1000
  str.w r2, [r9, #0x548]
  movs r2, #0
  str.w r2, [r9, #0x538]
  str.w r2, [r9, #0x118]
  movs r2, #1
  str.w r2, [r9, #0x10]
  movs r2, #2
.endm
.macro spim_ends
  address r9, 0x4002F000
8:
  ldr.w r1, [r9, #0x118]
  cmp r1, #0
  beq 8b
  movs r1, #0
  str.w r1, [r9, #0x500]
.endm

kernel dma_none, "loads_8 r4", gap=2
kernel dma_other_slave, "loads_8 r4", gap=2, setup="spim_reads microbench_far", after="spim_ends"
kernel dma_same_slave, "loads_8 r4", gap=2, setup="spim_reads microbench_near", after="spim_ends"
kernel dma_none_stores, "stores_8 r4", gap=2
kernel dma_same_slave_stores, "stores_8 r4", gap=2, setup="spim_reads microbench_near", after="spim_ends"

// R9: NVMC's register at \offset; R1: a page that holds nothing. CONFIG.WEN allows what \mode says.
.macro nvmc offset, mode
  address r9, 0x4001E504
  movs r2, #\mode
  str.w r2, [r9]
  address r9, 0x4001E51C
  movs r2, #1
  str.w r2, [r9]
  address r9, (0x4001E000 + \offset)
  address r1, microbench_erased
  movs r2, #2
.endm
.macro flash_ready
  address r9, 0x4001E400
8:
  ldr.w r1, [r9]
  cmp r1, #1
  bne 8b
  movs r1, #0
  str.w r1, [r9, #0x104]
.endm

kernel flash_erase, "str.w r1, [r9]; dsb", setup="nvmc 0x508, 2", after="flash_ready", repeat=1, gap=6
kernel flash_erase_partial, "str.w r1, [r9]; dsb", setup="nvmc 0x518, 2", after="flash_ready", repeat=1, gap=6
kernel flash_erase_in_ram, "str.w r1, [r9]", in=ram, setup="nvmc 0x518, 2", after="flash_ready", repeat=1, gap=6
kernel flash_write_in_ram, "str.w r1, [r9]", in=ram, setup="fresh_flash_word", after="flash_ready", repeat=1, gap=6
kernel flash_write_2_in_ram, "str.w r1, [r9]; str.w r1, [r9, #4]", in=ram, setup="fresh_flash_word; fresh_flash_word; sub.w r9, r9, #4", after="flash_ready", repeat=1, gap=6

// Code and data in one slave, and in two, over one bus and over two.
kernel ram_loads_same_slave, "loads_8 r4", in=ram, setup="address r4, microbench_ram_loads_same_slave; bic r4, r4, #1", gap=2
kernel ram_loads_other_slave, "loads_8 r10", in=ram, gap=2
kernel coderam_loads_same_slave, "loads_8 r4", in=coderam, setup="address r4, microbench_coderam_loads_same_slave; bic r4, r4, #1", gap=2
kernel coderam_loads_other_slave, "loads_8 r10", in=coderam, gap=2

.macro stack_at base, bytes
  mov r14, sp
  add.w r9, \base, #\bytes
  mov sp, r9
.endm
.macro stack_back
  mov sp, r14
.endm
kernel stack_other_slave, "push {r0-r3}; pop {r0-r3}", setup="stack_at r10, 256", after="stack_back", gap=2
kernel stack_with_code, "push {r0-r3}; pop {r0-r3}", in=ram, setup="adr.w r9, 7f; stack_at r9, 96", after="stack_back", tail=".space 64", gap=2
kernel svc_stack_other_slave, "svc 0", setup="without_float_context; stack_at r10, 256", after="stack_back", gap=7
kernel svc_stack_with_code, "svc 0", in=ram, setup="without_float_context; adr.w r9, 7f; stack_at r9, 96", after="stack_back", tail=".space 64", gap=7

// CLOCK: EVENTS_DONE.
kernel apb_read_4, "ldr.w r0, [r9]; ldr.w r0, [r9]; ldr.w r0, [r9]; ldr.w r0, [r9]", setup="address r9, 0x4000010C", gap=4
kernel apb_write, "str.w r1, [r9]", setup="address r9, 0x4000010C; movs r1, #0", gap=4
kernel apb_write_4, "str.w r1, [r9]; str.w r1, [r9]; str.w r1, [r9]; str.w r1, [r9]", setup="address r9, 0x4000010C; movs r1, #0", gap=4
