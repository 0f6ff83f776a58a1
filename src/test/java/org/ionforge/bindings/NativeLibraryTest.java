package org.ionforge.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Libraries of the system, here the C library's mathematics.
class NativeLibraryTest {

    private static final FunctionDescriptor OF_A_DOUBLE = FunctionDescriptor.of(ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE);

    @Test
    void theFirstThatIsInstalledIsTaken() throws Throwable {
        NativeLibrary library = NativeLibrary.firstOf(List.of("libnone.so.7", "libm.so.6", "libc.so.6"));
        assertEquals(Optional.of("libm.so.6"), library.loaded());
        assertEquals(8.0, (double) library.handle("cbrt", OF_A_DOUBLE).invokeExact(512.0));
    }

    @Test
    void whatIsNotThereIsNamed() {
        NativeLibrary none = NativeLibrary.firstOf(List.of("libnone.so.7", "libnone.so.6"));
        assertEquals(Optional.empty(), none.loaded());
        assertEquals("libnone.so.7 or libnone.so.6", assertThrows(UnsatisfiedLinkError.class, () -> none.handle("cbrt", OF_A_DOUBLE)).getMessage());
        NativeLibrary mathematics = NativeLibrary.firstOf(List.of("libm.so.6"));
        assertEquals("libm.so.6: cubic", assertThrows(UnsatisfiedLinkError.class, () -> mathematics.handle("cubic", OF_A_DOUBLE)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> NativeLibrary.of(Path.of("libnone.so")));
    }
}
