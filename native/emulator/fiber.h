// Fibers: stacks of their own that a host thread switches between. Not moved between host threads.
#pragma once
#include <cstddef>
#include <vector>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace ionforge::emulator {

// A place to come back to: the scheduler's, or a fiber's.
struct Context {
#if defined(__x86_64__)
    void *stack_pointer = nullptr;
#else
    ucontext_t saved;
#endif
    void *stack_bottom = nullptr;  // of the stack this context runs on, for the address sanitizer
    size_t stack_bytes = 0;
    void *fake_stack = nullptr;
};

struct Fiber {
    Context context;
    char *stack;
};

// The fibers of one host thread: made when needed, kept, and given out again. Each stack has a guard page below it.
class FiberPool {
public:
    using Main = void (*)();
    explicit FiberPool(Main main) : main(main) {}
    ~FiberPool();
    FiberPool(const FiberPool &) = delete;
    FiberPool &operator=(const FiberPool &) = delete;

    // A fiber that starts in `main` at its first switch; `main` never returns.
    Fiber *take();
    void give(Fiber *fiber) { idle.push_back(fiber); }
    // Takes every fiber back, wherever it stands.
    void reset();

private:
    Main main;
    std::vector<Fiber *> all, idle;
};

void switch_context(Context &from, Context &to);

// First thing in a fiber's main: completes the switch that started it.
void entered(Context &self, Context &from);

}  // namespace ionforge::emulator
