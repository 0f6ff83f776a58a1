package org.ionforge.bindings.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.ionforge.bindings.NativeLibraries;
import org.ionforge.bindings.NativeLibrary;

/// `native/include/ionforge_cpu.h`.
public final class ionforge_cpu_h {

    public static final String LIBRARY = "libionforge_cpu.so";

    private ionforge_cpu_h() {
    }

    /// Whether the library was built and lies where [NativeLibraries] looks.
    public static boolean isAvailable() {
        return NativeLibraries.find(LIBRARY).isPresent();
    }

    /// Loaded on first use.
    static final class Library {
        static final NativeLibrary FOUND = NativeLibraries.find(LIBRARY).map(NativeLibrary::of)
                .orElseThrow(() -> new UnsatisfiedLinkError(LIBRARY));

        static MethodHandle handle(String name, FunctionDescriptor descriptor) {
            return FOUND.handle(name, descriptor);
        }
    }

    private static final class ionforge_cpu_isa {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_isa", FunctionDescriptor.of(ValueLayout.ADDRESS));
    }

    /// `const char *ionforge_cpu_isa(void)`
    public static String ionforge_cpu_isa() {
        try {
            return ((MemorySegment) ionforge_cpu_isa.HANDLE.invokeExact()).reinterpret(64).getString(0);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_threads {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_threads", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }

    /// `int32_t ionforge_cpu_threads(void)`
    public static int ionforge_cpu_threads() {
        try {
            return (int) ionforge_cpu_threads.HANDLE.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_set_threads {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_set_threads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
    }

    /// `void ionforge_cpu_set_threads(int32_t threads)`
    public static void ionforge_cpu_set_threads(int threads) {
        try {
            ionforge_cpu_set_threads.HANDLE.invokeExact(threads);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    // ---- Peaks ----

    private static final class ionforge_cpu_fma_peak {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_fma_peak",
                FunctionDescriptor.of(ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_LONG));
    }

    /// `double ionforge_cpu_fma_peak(int64_t rounds)`
    public static double ionforge_cpu_fma_peak(long rounds) {
        try {
            return (double) ionforge_cpu_fma_peak.HANDLE.invokeExact(rounds);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_dot_peak {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_dot_peak",
                FunctionDescriptor.of(ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_LONG));
    }

    /// `double ionforge_cpu_dot_peak(int64_t rounds)`
    public static double ionforge_cpu_dot_peak(long rounds) {
        try {
            return (double) ionforge_cpu_dot_peak.HANDLE.invokeExact(rounds);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    // ---- Element-wise operations and reductions ----

    private static final class ionforge_grid_square_decode_f32 {
        static final MethodHandle HANDLE = Library.handle("ionforge_grid_square_decode_f32",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_grid_square_decode_f32(const uint8_t *locators, float *latitude, float *longitude, uint8_t *valid,
    /// int64_t n)`
    public static void ionforge_grid_square_decode_f32(MemorySegment locators, MemorySegment latitude, MemorySegment
            longitude, MemorySegment valid, long n) {
        try {
            ionforge_grid_square_decode_f32.HANDLE.invokeExact(locators, latitude, longitude, valid, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_great_circle_measure_f32 {
        static final MethodHandle HANDLE = Library.handle("ionforge_great_circle_measure_f32",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_great_circle_measure_f32(const float *latitude_a, const float *longitude_a, const float *latitude_b,
    /// const float *longitude_b, float *distance, float *azimuth, float *mid_latitude, float *mid_longitude, int64_t n)`
    public static void ionforge_great_circle_measure_f32(MemorySegment latitudeA, MemorySegment longitudeA, MemorySegment
            latitudeB, MemorySegment longitudeB, MemorySegment distance, MemorySegment azimuth, MemorySegment midLatitude,
            MemorySegment midLongitude, long n) {
        try {
            ionforge_great_circle_measure_f32.HANDLE.invokeExact(latitudeA, longitudeA, latitudeB, longitudeB, distance,
                    azimuth, midLatitude, midLongitude, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_solar_elevation_f32 {
        static final MethodHandle HANDLE = Library.handle("ionforge_solar_elevation_f32",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_solar_elevation_f32(const float *latitude, const float *longitude, const float *day_of_year, const
    /// float *hour_utc, float *elevation, int64_t n)`
    public static void ionforge_solar_elevation_f32(MemorySegment latitude, MemorySegment longitude, MemorySegment
            dayOfYear, MemorySegment hourUtc, MemorySegment elevation, long n) {
        try {
            ionforge_solar_elevation_f32.HANDLE.invokeExact(latitude, longitude, dayOfYear, hourUtc, elevation, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_silver_embedding_f32 {
        static final MethodHandle HANDLE = Library.handle("ionforge_silver_embedding_f32",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_silver_embedding_f32(const float *distance_km, const float *xray_flux, const float *kp, float
    /// *e_distance, float *e_xray, float *e_kp, float *quality, int64_t n)`
    public static void ionforge_silver_embedding_f32(MemorySegment distanceKm, MemorySegment xrayFlux, MemorySegment kp,
            MemorySegment eDistance, MemorySegment eXray, MemorySegment eKp, MemorySegment quality, long n) {
        try {
            ionforge_silver_embedding_f32.HANDLE.invokeExact(distanceKm, xrayFlux, kp, eDistance, eXray, eKp, quality, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_sampling_keys_uniform_u64 {
        static final MethodHandle HANDLE = Library.handle("ionforge_sampling_keys_uniform_u64",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_sampling_keys_uniform_u64(const uint64_t *identity, uint64_t seed, uint64_t *keys, int64_t n)`
    public static void ionforge_sampling_keys_uniform_u64(MemorySegment identity, long seed, MemorySegment keys, long n) {
        try {
            ionforge_sampling_keys_uniform_u64.HANDLE.invokeExact(identity, seed, keys, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_sampling_keys_weighted_f64 {
        static final MethodHandle HANDLE = Library.handle("ionforge_sampling_keys_weighted_f64",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_sampling_keys_weighted_f64(const uint64_t *identity, const float *weight, uint64_t seed, double *keys,
    /// int64_t n)`
    public static void ionforge_sampling_keys_weighted_f64(MemorySegment identity, MemorySegment weight, long seed,
            MemorySegment keys, long n) {
        try {
            ionforge_sampling_keys_weighted_f64.HANDLE.invokeExact(identity, weight, seed, keys, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_moments_f32 {
        static final MethodHandle HANDLE = Library.handle("ionforge_moments_f32",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    }

    /// `void ionforge_moments_f32(const float *values, int64_t n, struct ionforge_moments *result)`
    public static void ionforge_moments_f32(MemorySegment values, long n, MemorySegment result) {
        try {
            ionforge_moments_f32.HANDLE.invokeExact(values, n, result);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_products_f32 {
        static final MethodHandle HANDLE = Library.handle("ionforge_products_f32",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS));
    }

    /// `void ionforge_products_f32(const float *x, const float *y, int64_t n, double *result)`
    public static void ionforge_products_f32(MemorySegment x, MemorySegment y, long n, MemorySegment result) {
        try {
            ionforge_products_f32.HANDLE.invokeExact(x, y, n, result);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `struct ionforge_moments`
    public static final StructLayout ionforge_moments = MemoryLayout.structLayout(ValueLayout.JAVA_LONG.withName("count"),
            ValueLayout.JAVA_DOUBLE.withName("sum"), ValueLayout.JAVA_DOUBLE.withName("sum_of_squares"),
            ValueLayout.JAVA_FLOAT.withName("min"), ValueLayout.JAVA_FLOAT.withName("max")).withName("ionforge_moments");

    // ---- Gated MLP and AdamW ----

    private static final class ionforge_cpu_gated_mlp_workspace {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_gated_mlp_workspace", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    }

    /// `int64_t ionforge_cpu_gated_mlp_workspace(const int32_t *shape, int64_t count, int32_t backward)`
    public static long ionforge_cpu_gated_mlp_workspace(MemorySegment shape, long count, int backward) {
        try {
            return (long) ionforge_cpu_gated_mlp_workspace.HANDLE.invokeExact(shape, count, backward);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_gated_mlp_forward {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_gated_mlp_forward", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS));
    }

    /// `int64_t ionforge_cpu_gated_mlp_forward(const int32_t *shape, int32_t precision, const float *parameters,
    /// const float *features, const int32_t *index, int64_t data_rows, int64_t first, int64_t count, float *out, float *base,
    /// float *sun_gate, float *storm_gate, float *sun_side, float *storm_side, void *workspace)`
    public static long ionforge_cpu_gated_mlp_forward(MemorySegment shape, int precision, MemorySegment parameters,
                                                      MemorySegment features, MemorySegment index, long data_rows, long first,
                                                      long count, MemorySegment out, MemorySegment base, MemorySegment sun_gate,
                                                      MemorySegment storm_gate, MemorySegment sun_side, MemorySegment storm_side,
                                                      MemorySegment workspace) {
        try {
            return (long) ionforge_cpu_gated_mlp_forward.HANDLE.invokeExact(shape, precision, parameters, features, index, data_rows,
                    first, count, out, base, sun_gate, storm_gate, sun_side, storm_side, workspace);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_gated_mlp_gradient {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_gated_mlp_gradient", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS));
    }

    /// `int64_t ionforge_cpu_gated_mlp_gradient(const int32_t *shape, int32_t precision, const float *parameters,
    /// const float *features, const float *targets, const float *weights, const int32_t *index, int64_t data_rows,
    /// int64_t first, int64_t count, float huber_delta, float gate_variance, double *loss, float *gradients,
    /// void *workspace)`
    public static long ionforge_cpu_gated_mlp_gradient(MemorySegment shape, int precision, MemorySegment parameters,
                                                       MemorySegment features, MemorySegment targets, MemorySegment weights,
                                                       MemorySegment index, long data_rows, long first, long count,
                                                       float huber_delta, float gate_variance, MemorySegment loss,
                                                       MemorySegment gradients, MemorySegment workspace) {
        try {
            return (long) ionforge_cpu_gated_mlp_gradient.HANDLE.invokeExact(shape, precision, parameters, features, targets, weights,
                    index, data_rows, first, count, huber_delta, gate_variance, loss, gradients, workspace);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_adamw_step {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_adamw_step", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE,
                ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_cpu_adamw_step(float *parameters, const float *gradients, float *m, float *v, int64_t length,
    /// double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, float minimum, float maximum,
    /// int64_t step)`
    public static void ionforge_cpu_adamw_step(MemorySegment parameters, MemorySegment gradients, MemorySegment m, MemorySegment v,
                                               long length, double learning_rate, double beta1, double beta2, double epsilon,
                                               double weight_decay, float minimum, float maximum, long step) {
        try {
            ionforge_cpu_adamw_step.HANDLE.invokeExact(parameters, gradients, m, v, length, learning_rate, beta1, beta2, epsilon,
                    weight_decay, minimum, maximum, step);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_batch_rows_u32 {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_batch_rows_u32", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS));
    }

    /// `void ionforge_cpu_batch_rows_u32(const uint32_t *data, int64_t rows, const int32_t *index, int32_t steps, int32_t batch,
    /// int32_t width, uint32_t *out)`
    public static void ionforge_cpu_batch_rows_u32(MemorySegment data, long rows, MemorySegment index, int steps, int batch, int width,
                                                   MemorySegment out) {
        try {
            ionforge_cpu_batch_rows_u32.HANDLE.invokeExact(data, rows, index, steps, batch, width, out);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_cross_entropy_f32 {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_cross_entropy_f32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_FLOAT, ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `void ionforge_cpu_cross_entropy_f32(const float *scores, int64_t samples, int32_t classes, float scale, const uint8_t
    /// *labels, int64_t data_rows, const int32_t *index, float *gradient, double *totals)`
    public static void ionforge_cpu_cross_entropy_f32(MemorySegment scores, long samples, int classes, float scale,
                                                      MemorySegment labels, long data_rows, MemorySegment index,
                                                      MemorySegment gradient, MemorySegment totals) {
        try {
            ionforge_cpu_cross_entropy_f32.HANDLE.invokeExact(scores, samples, classes, scale, labels, data_rows, index, gradient, totals);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
