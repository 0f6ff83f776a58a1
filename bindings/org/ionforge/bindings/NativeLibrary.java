package org.ionforge.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A library and its functions. Once loaded it stays until the process ends.
public final class NativeLibrary {

    private final String name;
    private final Optional<SymbolLookup> symbols;

    private NativeLibrary(String name, Optional<SymbolLookup> symbols) {
        this.name = name;
        this.symbols = symbols;
    }

    /// The first of the system's libraries of these names that is installed, which may be none.
    public static NativeLibrary firstOf(List<String> names) {
        for (String name : names) {
            try {
                return new NativeLibrary(name, Optional.of(SymbolLookup.libraryLookup(name, Arena.global())));
            } catch (IllegalArgumentException e) {
                continue;
            }
        }
        return new NativeLibrary(String.join(" or ", names), Optional.empty());
    }

    /// The library in that file.
    ///
    /// @throws IllegalArgumentException if it cannot be loaded
    public static NativeLibrary of(Path file) {
        return new NativeLibrary(file.getFileName().toString(), Optional.of(SymbolLookup.libraryLookup(file, Arena.global())));
    }

    /// Its name, if it was found.
    public Optional<String> loaded() {
        return symbols.map(_ -> name);
    }

    /// A function of the library.
    ///
    /// @throws UnsatisfiedLinkError if it was not found, or has no function of that name
    public MethodHandle handle(String function, FunctionDescriptor descriptor) {
        SymbolLookup found = symbols.orElseThrow(() -> new UnsatisfiedLinkError(name));
        return Linker.nativeLinker().downcallHandle(
                found.find(function).orElseThrow(() -> new UnsatisfiedLinkError(name + ": " + function)), descriptor);
    }
}
