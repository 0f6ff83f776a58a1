package org.ionforge.refinery;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.BlockReader;
import org.ionforge.vault.BlockWriter;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;

/// A process that refines and may die on the way. Arguments: vault, number of the statement before which to die (0: never), solar
/// file, spot files.
final class RefineChild {

    private RefineChild() {
    }

    public static void main(String[] arguments) {
        List<Path> files = Arrays.stream(arguments).skip(3).map(Path::of).toList();
        RefineRequest request = RefineRequest.of(files, List.of(Path.of(arguments[2]))).with(new RefineRequest.Gold(7, 50, 300, 2000))
                .with(new RefineRequest.Limits(2, 64 << 20, 1 << 16, 1, Path.of(System.getProperty("java.io.tmpdir"))));
        try (Vault vault = new MortalVault(Vaults.open(arguments[0]), Integer.parseInt(arguments[1]));
                Backend backend = Backends.named("reference")) {
            Refinery.run(request, vault, backend, Progress.SILENT);
        }
    }

    /// Ends the process, without any goodbye (`Runtime.halt` would run the engine's destructors), before its n-th statement.
    private record MortalVault(Vault vault, int last, AtomicInteger statements) implements Vault {

        MortalVault(Vault vault, int last) {
            this(vault, last, new AtomicInteger());
        }

        private void count() {
            if (statements.incrementAndGet() == last) {
                try {
                    new ProcessBuilder("kill", "-KILL", String.valueOf(ProcessHandle.current().pid())).start().waitFor();
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException("cannot die", e);
                }
            }
        }

        @Override
        public String description() {
            return vault.description();
        }

        @Override
        public void execute(String sql) {
            count();
            vault.execute(sql);
        }

        @Override
        public BlockReader query(String sql) {
            return vault.query(sql);
        }

        @Override
        public String text(String sql, String format) {
            return vault.text(sql, format);
        }

        @Override
        public BlockWriter insert(String table, String... columns) {
            count();
            return vault.insert(table, columns);
        }

        @Override
        public void close() {
            vault.close();
        }
    }
}
