package org.ionforge.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/// Ctrl-C (or SIGTERM) as a request to save and end, for the length of a job. The process stays until the command has closed
/// this, then ends with exit code 1: the job is incomplete.
final class Interruption implements AutoCloseable {

    private final AtomicBoolean asked = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;

    /// @param console told that the request has been heard
    Interruption(Console console) {
        hook = new Thread(() -> {
            asked.set(true);
            console.err().println("ionforge: stopping; saving what is done…");
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            // The signal's own exit code would be 130; ours says what happened to the job.
            Runtime.getRuntime().halt(1);
        }, "ionforge-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    boolean asked() {
        return asked.get();
    }

    @Override
    public void close() {
        ended.countDown();
        if (!asked.get()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException shuttingDown) {
                // The signal came in this very moment; the hook ends the process.
                return;
            }
        }
    }
}
