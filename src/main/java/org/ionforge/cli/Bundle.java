package org.ionforge.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.ionforge.errors.EnvironmentException;
import org.ionforge.errors.InputException;
import org.ionforge.errors.JobException;

/// Makes a folder that runs the engine, its conformance tests and its benchmarks on a Linux host without Java, a network or a
/// build: a Java runtime of the modules needed, the jar with the kernels, the native libraries, and what the two commands
/// `conformance` and `bench` need besides.
final class Bundle {

    /// What the jar and its libraries use (jdeps, and what they reach by reflection: XML for Logback, naming for the HTTP client).
    private static final String MODULES = "java.base,java.logging,java.management,java.naming,java.security.jgss,java.sql,java.xml,"
            + "jdk.net,jdk.unsupported";
    private static final List<String> NATIVE = List.of("libionforge_cpu.so", "libionforge_emulator.so");
    /// JCuda's library wants them; a host may lack them, and then these serve.
    private static final List<String> COMPATIBILITY = List.of("libstdc++.so.6", "libgcc_s.so.1");

    private final Path home;
    private final Path folder;

    /// @param home   the source tree, built
    /// @param folder to make; must not exist or be empty
    Bundle(Path home, Path folder) {
        this.home = home;
        this.folder = folder.toAbsolutePath();
    }

    /// The source tree this code was built in.
    ///
    /// @throws EnvironmentException if it runs from elsewhere, such as a bundle
    static Path sourceTree() {
        Path code = Path.of(URI.create(Bundle.class.getProtectionDomain().getCodeSource().getLocation().toString()));
        Path home = code.toAbsolutePath().getParent().getParent();
        if (home == null || !Files.isRegularFile(home.resolve("pom.xml"))) {
            throw new EnvironmentException("a bundle is made from the source tree: " + code + " does not lie in one");
        }
        return home;
    }

    void make() throws IOException {
        requireEmpty();
        jlink();
        Files.copy(built("target/ionforge.jar"), folder.resolve("ionforge.jar"));
        copyLibraries();
        copyNative();
        compileChecks();
        Files.copy(home.resolve("LICENSE"), folder.resolve("LICENSE"));
        Path launcher = folder.resolve("ionforge");
        try (InputStream script = Bundle.class.getResourceAsStream("bundle-launcher.sh")) {
            Files.copy(script, launcher);
        }
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// Packs the folder beside itself, as `DIR.tar.xz`.
    ///
    /// @return the archive
    Path archive() throws IOException, InterruptedException {
        Path archive = folder.resolveSibling(folder.getFileName() + ".tar.xz");
        ProcessBuilder tar = new ProcessBuilder("tar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "-cJf", archive.toString(),
                "-C", folder.getParent().toString(), folder.getFileName().toString()).redirectErrorStream(true);
        tar.environment().putIfAbsent("XZ_OPT", "-T0");
        Process process;
        try {
            process = tar.start();
        } catch (IOException e) {
            throw new EnvironmentException("tar is missing; on Debian: apt install tar xz-utils", e);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new EnvironmentException("tar could not write " + archive + ": " + output.strip() + " (on Debian: apt install tar xz-utils)");
        }
        return archive;
    }

    /// Bytes of all files.
    long size() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private void requireEmpty() throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                if (files.findAny().isPresent()) {
                    throw new InputException(folder + " is not empty; name a folder that does not exist yet");
                }
            }
            Files.delete(folder);
        }
        Files.createDirectories(folder.getParent());
    }

    private void jlink() {
        tool("jlink", "--add-modules", MODULES, "--no-header-files", "--no-man-pages", "--strip-java-debug-attributes", "--output",
                folder.resolve("runtime").toString());
    }

    private void copyLibraries() throws IOException {
        Path target = Files.createDirectories(folder.resolve("lib"));
        for (Path jar : jars(built("target/lib"))) {
            if (jar.getFileName().toString().startsWith("jcuda-natives")) {
                copyDriverOnly(jar, target.resolve(jar.getFileName()));
            } else {
                Files.copy(jar, target.resolve(jar.getFileName()));
            }
        }
    }

    /// JCuda's natives without the run-time compiler and the runtime API, which the engine does not use: 1 MB of 26.
    private static void copyDriverOnly(Path jar, Path target) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar)); OutputStream file = Files.newOutputStream(target);
                ZipOutputStream out = new ZipOutputStream(file)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.getName().endsWith(".so") || entry.getName().contains("JCudaDriver")) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    in.transferTo(out);
                }
            }
        }
    }

    private void copyNative() throws IOException {
        Path target = Files.createDirectories(folder.resolve("native"));
        for (String name : NATIVE) {
            Files.copy(built("target/native/" + name), target.resolve(name));
        }
        Path compatibility = Files.createDirectories(folder.resolve("compatibility"));
        for (String name : COMPATIBILITY) {
            Path library = systemLibrary(name).orElseThrow(() -> new EnvironmentException(name + " is missing; on Debian: apt install g++"));
            Files.copy(library, compatibility.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static Optional<Path> systemLibrary(String name) throws IOException {
        for (String place : List.of("/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64")) {
            Path library = Path.of(place, name);
            if (Files.exists(library)) {
                return Optional.of(library.toRealPath());
            }
        }
        return Optional.empty();
    }

    /// The conformance tests and the benchmark, compiled against the jar, and JUnit to run the former.
    private void compileChecks() throws IOException {
        Path target = Files.createDirectories(folder.resolve("checks"));
        List<Path> classpath = new ArrayList<>(List.of(folder.resolve("ionforge.jar")));
        classpath.addAll(jars(folder.resolve("lib")));
        for (Path jar : jars(built("target/checks"))) {
            classpath.add(Files.copy(jar, target.resolve(jar.getFileName())));
        }
        List<String> arguments = new ArrayList<>(List.of("-d", target.resolve("classes").toString(), "-proc:none", "-encoding", "UTF-8",
                "-Xmaxerrs", "5", "-sourcepath", home.resolve("bench/java") + ":" + home.resolve("src/test/java"), "-cp",
                classpath.stream().map(Path::toString).collect(Collectors.joining(":"))));
        Path conformance = home.resolve("src/test/java/org/ionforge/conformance");
        try (Stream<Path> tests = Files.list(conformance)) {
            tests.map(Path::toString).filter(file -> file.endsWith("ConformanceTest.java")).sorted().forEach(arguments::add);
        }
        arguments.add(conformance.resolve("ConformanceMain.java").toString());
        arguments.add(home.resolve("bench/java/org/ionforge/bench/Bench.java").toString());
        tool("javac", arguments.toArray(String[]::new));
    }

    private static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }

    private Path built(String name) {
        Path file = home.resolve(name);
        if (!Files.exists(file)) {
            throw new EnvironmentException(file + " was not built: run 'mvn -Dmaven.test.skip=true package' and read what it says is missing");
        }
        return file;
    }

    private static void tool(String name, String... arguments) {
        ToolProvider tool = ToolProvider.findFirst(name)
                .orElseThrow(() -> new EnvironmentException(name + " is missing: a bundle needs a JDK 25, not only a runtime"));
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output);
        if (tool.run(writer, writer, arguments) != 0) {
            throw new JobException(name + " failed: " + output.toString().strip());
        }
    }
}
