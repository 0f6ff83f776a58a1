package org.ionforge.refinery;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ionforge.errors.JobException;

/// Runs the same work on several threads and waits for all. When one fails the others are told to stop, and its failure is
/// what the caller sees.
final class Workers {

    /// One thread's share.
    interface Work {
        /// @param worker 0 to threads − 1
        /// @param stop   becomes true when another worker has failed
        void run(int worker, AtomicBoolean stop) throws Exception;
    }

    private Workers() {
    }

    static void run(int threads, String name, Work work) {
        AtomicBoolean stop = new AtomicBoolean();
        Exception failure = null;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().name(name + "-", 0).factory())) {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int worker = i;
                running.add(pool.submit(() -> {
                    try {
                        work.run(worker, stop);
                    } catch (Throwable e) {
                        stop.set(true);
                        throw e;
                    }
                    return null;
                }));
            }
            for (Future<Void> future : running) {
                try {
                    future.get();
                } catch (ExecutionException e) {
                    failure = first(failure, e.getCause());
                } catch (InterruptedException e) {
                    stop.set(true);
                    Thread.currentThread().interrupt();
                    failure = first(failure, new JobException("interrupted while " + name));
                }
            }
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure != null) {
            throw new JobException(name + ": " + failure.getMessage(), failure);
        }
    }

    private static Exception first(Exception known, Throwable cause) {
        Exception failure = cause instanceof Exception e ? e : new JobException(cause.toString(), cause);
        if (known != null) {
            known.addSuppressed(failure);
            return known;
        }
        return failure;
    }
}
