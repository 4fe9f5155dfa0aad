// Reset and the vector table. ARMv7-M ARM B1.5.3; interrupt numbers: nRF52840 Product Specification 4.2.4
// "Instantiation" (number = bits 12 to 18 of the peripheral's base address).
#include <stdint.h>

#include "core/cortex_m4.h"

extern "C" {

extern uint32_t __StackTop, __data_load__, __data_start__, __data_end__, __bss_start__, __bss_end__;
extern void (*__preinit_array_start[])();
extern void (*__preinit_array_end[])();
extern void (*__init_array_start[])();
extern void (*__init_array_end[])();

int main();
[[noreturn]] void firmware_exit(int code);

[[gnu::weak]] void Default_Handler() {
  while (true) core::wait_for_interrupt();
}

#define WEAK_HANDLER(name) [[gnu::weak, gnu::alias("Default_Handler")]] void name()

// A handler of its own for each fault, so that a debugger or a profile names which one it was.
#define FAULT_HANDLER(name)               \
  [[gnu::weak, gnu::noinline]] void name() { \
    while (true) asm volatile("b ."); \
  }
FAULT_HANDLER(NMI_Handler)
FAULT_HANDLER(HardFault_Handler)
FAULT_HANDLER(MemManage_Handler)
FAULT_HANDLER(BusFault_Handler)
FAULT_HANDLER(UsageFault_Handler)
WEAK_HANDLER(SVC_Handler);
WEAK_HANDLER(DebugMon_Handler);
WEAK_HANDLER(PendSV_Handler);
WEAK_HANDLER(SysTick_Handler);
WEAK_HANDLER(POWER_CLOCK_IRQHandler);
WEAK_HANDLER(RADIO_IRQHandler);
WEAK_HANDLER(UARTE0_UART0_IRQHandler);
WEAK_HANDLER(SPIM0_SPIS0_TWIM0_TWIS0_SPI0_TWI0_IRQHandler);
WEAK_HANDLER(SPIM1_SPIS1_TWIM1_TWIS1_SPI1_TWI1_IRQHandler);
WEAK_HANDLER(NFCT_IRQHandler);
WEAK_HANDLER(GPIOTE_IRQHandler);
WEAK_HANDLER(SAADC_IRQHandler);
WEAK_HANDLER(TIMER0_IRQHandler);
WEAK_HANDLER(TIMER1_IRQHandler);
WEAK_HANDLER(TIMER2_IRQHandler);
WEAK_HANDLER(RTC0_IRQHandler);
WEAK_HANDLER(TEMP_IRQHandler);
WEAK_HANDLER(RNG_IRQHandler);
WEAK_HANDLER(ECB_IRQHandler);
WEAK_HANDLER(CCM_AAR_IRQHandler);
WEAK_HANDLER(WDT_IRQHandler);
WEAK_HANDLER(RTC1_IRQHandler);
WEAK_HANDLER(QDEC_IRQHandler);
WEAK_HANDLER(COMP_LPCOMP_IRQHandler);
WEAK_HANDLER(SWI0_EGU0_IRQHandler);
WEAK_HANDLER(SWI1_EGU1_IRQHandler);
WEAK_HANDLER(SWI2_EGU2_IRQHandler);
WEAK_HANDLER(SWI3_EGU3_IRQHandler);
WEAK_HANDLER(SWI4_EGU4_IRQHandler);
WEAK_HANDLER(SWI5_EGU5_IRQHandler);
WEAK_HANDLER(TIMER3_IRQHandler);
WEAK_HANDLER(TIMER4_IRQHandler);
WEAK_HANDLER(PWM0_IRQHandler);
WEAK_HANDLER(PDM_IRQHandler);
WEAK_HANDLER(MWU_IRQHandler);
WEAK_HANDLER(PWM1_IRQHandler);
WEAK_HANDLER(PWM2_IRQHandler);
WEAK_HANDLER(SPIM2_SPIS2_SPI2_IRQHandler);
WEAK_HANDLER(RTC2_IRQHandler);
WEAK_HANDLER(I2S_IRQHandler);
WEAK_HANDLER(FPU_IRQHandler);
WEAK_HANDLER(USBD_IRQHandler);
WEAK_HANDLER(UARTE1_IRQHandler);
WEAK_HANDLER(QSPI_IRQHandler);
WEAK_HANDLER(CRYPTOCELL_IRQHandler);
WEAK_HANDLER(PWM3_IRQHandler);
WEAK_HANDLER(SPIM3_IRQHandler);

[[noreturn]] void Reset_Handler() {
  // Full access to CP10 and CP11 before the first floating-point instruction.
  reg(core::kScbCpacr) |= 0xFu << 20;
  asm volatile("dsb\n\tisb" ::: "memory");

  const uint32_t* from = &__data_load__;
  for (uint32_t* to = &__data_start__; to < &__data_end__;) *to++ = *from++;
  for (uint32_t* to = &__bss_start__; to < &__bss_end__;) *to++ = 0;

  for (auto f = __preinit_array_start; f < __preinit_array_end; f++) (*f)();
  for (auto f = __init_array_start; f < __init_array_end; f++) (*f)();
  firmware_exit(main());
}

using Handler = void (*)();

[[gnu::section(".vectors"), gnu::used]] const Handler vector_table[16 + 48] = {
    reinterpret_cast<Handler>(&__StackTop),
    Reset_Handler,
    NMI_Handler,
    HardFault_Handler,
    MemManage_Handler,
    BusFault_Handler,
    UsageFault_Handler,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    SVC_Handler,
    DebugMon_Handler,
    nullptr,
    PendSV_Handler,
    SysTick_Handler,
    POWER_CLOCK_IRQHandler,
    RADIO_IRQHandler,
    UARTE0_UART0_IRQHandler,
    SPIM0_SPIS0_TWIM0_TWIS0_SPI0_TWI0_IRQHandler,
    SPIM1_SPIS1_TWIM1_TWIS1_SPI1_TWI1_IRQHandler,
    NFCT_IRQHandler,
    GPIOTE_IRQHandler,
    SAADC_IRQHandler,
    TIMER0_IRQHandler,
    TIMER1_IRQHandler,
    TIMER2_IRQHandler,
    RTC0_IRQHandler,
    TEMP_IRQHandler,
    RNG_IRQHandler,
    ECB_IRQHandler,
    CCM_AAR_IRQHandler,
    WDT_IRQHandler,
    RTC1_IRQHandler,
    QDEC_IRQHandler,
    COMP_LPCOMP_IRQHandler,
    SWI0_EGU0_IRQHandler,
    SWI1_EGU1_IRQHandler,
    SWI2_EGU2_IRQHandler,
    SWI3_EGU3_IRQHandler,
    SWI4_EGU4_IRQHandler,
    SWI5_EGU5_IRQHandler,
    TIMER3_IRQHandler,
    TIMER4_IRQHandler,
    PWM0_IRQHandler,
    PDM_IRQHandler,
    Default_Handler,
    Default_Handler,
    MWU_IRQHandler,
    PWM1_IRQHandler,
    PWM2_IRQHandler,
    SPIM2_SPIS2_SPI2_IRQHandler,
    RTC2_IRQHandler,
    I2S_IRQHandler,
    FPU_IRQHandler,
    USBD_IRQHandler,
    UARTE1_IRQHandler,
    QSPI_IRQHandler,
    CRYPTOCELL_IRQHandler,
    Default_Handler,
    Default_Handler,
    PWM3_IRQHandler,
    Default_Handler,
    SPIM3_IRQHandler,
};
}
