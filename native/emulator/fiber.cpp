#include "fiber.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace ionforge::emulator {
namespace {

constexpr size_t GUARD = 4096;
#if defined(__SANITIZE_ADDRESS__)
constexpr size_t STACK = 256 * 1024;  // instrumented frames are large
#else
constexpr size_t STACK = 64 * 1024;
#endif

}  // namespace

#if defined(__x86_64__)
// Saves what the ABI says a call preserves, changes stacks, restores. The first switch to a fiber "returns" into its main.
extern "C" void ionforge_switch_stacks(void **save, void *restore);
asm(R"(
.text
.type ionforge_switch_stacks, @function
.hidden ionforge_switch_stacks
ionforge_switch_stacks:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size ionforge_switch_stacks, .-ionforge_switch_stacks
)");
#endif

void switch_context(Context &from, Context &to) {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(&from.fake_stack, to.stack_bottom, to.stack_bytes);
#endif
#if defined(__x86_64__)
    ionforge_switch_stacks(&from.stack_pointer, to.stack_pointer);
#else
    swapcontext(&from.saved, &to.saved);
#endif
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(from.fake_stack, nullptr, nullptr);
#endif
}

void entered([[maybe_unused]] Context &self, [[maybe_unused]] Context &from) {
#if defined(__SANITIZE_ADDRESS__)
    const void *bottom = nullptr;
    __sanitizer_finish_switch_fiber(self.fake_stack, &bottom, &from.stack_bytes);
    from.stack_bottom = const_cast<void *>(bottom);
#endif
}

Fiber *FiberPool::take() {
    Fiber *fiber;
    if (idle.empty()) {
        void *memory = mmap(nullptr, GUARD + STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED || mprotect(memory, GUARD, PROT_NONE) != 0) {
            throw std::bad_alloc();
        }
        fiber = new Fiber{{}, static_cast<char *>(memory)};
        all.push_back(fiber);
    } else {
        fiber = idle.back();
        idle.pop_back();
    }
    char *stack = fiber->stack + GUARD;
    fiber->context.stack_bottom = stack;
    fiber->context.stack_bytes = STACK;
    fiber->context.fake_stack = nullptr;
#if defined(__SANITIZE_ADDRESS__)
    __asan_unpoison_memory_region(stack, STACK);  // what an abandoned run left behind
#endif
#if defined(__x86_64__)
    void **top = reinterpret_cast<void **>(stack + STACK);
    *--top = nullptr;  // main's return address: it has none
    *--top = reinterpret_cast<void *>(main);
    for (int i = 0; i < 6; i++) {
        *--top = nullptr;
    }
    fiber->context.stack_pointer = top;
#else
    getcontext(&fiber->context.saved);
    fiber->context.saved.uc_stack.ss_sp = stack;
    fiber->context.saved.uc_stack.ss_size = STACK;
    fiber->context.saved.uc_link = nullptr;
    makecontext(&fiber->context.saved, main, 0);
#endif
    return fiber;
}

void FiberPool::reset() {
    idle = all;
}

FiberPool::~FiberPool() {
    for (Fiber *fiber : all) {
        munmap(fiber->stack, GUARD + STACK);
        delete fiber;
    }
}

}  // namespace ionforge::emulator
