package org.ionforge.bindings.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `native/include/ionforge_grouping.h`.
public final class ionforge_grouping_h {

    private ionforge_grouping_h() {
    }

    private static final class ionforge_spot_bucket_u32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_spot_bucket_u32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_spot_bucket_u32(const uint32_t *time, uint32_t *bucket, int64_t n)`
    public static void ionforge_spot_bucket_u32(MemorySegment time, MemorySegment bucket, long n) {
        try {
            ionforge_spot_bucket_u32.HANDLE.invokeExact(time, bucket, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_spot_signature_u64 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_spot_signature_u64", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_FLOAT, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_spot_signature_u64(const uint16_t *band, const uint32_t *time, const uint16_t *tx_square, const
    /// uint16_t *rx_square, const float *sfi, const float *distance, int32_t first_band, int32_t last_band, float least_km,
    /// const float *edges, uint64_t *keys, int64_t n)`
    public static void ionforge_spot_signature_u64(MemorySegment band, MemorySegment time, MemorySegment tx_square,
                                                   MemorySegment rx_square, MemorySegment sfi, MemorySegment distance,
                                                   int first_band, int last_band, float least_km, MemorySegment edges,
                                                   MemorySegment keys, long n) {
        try {
            ionforge_spot_signature_u64.HANDLE.invokeExact(band, time, tx_square, rx_square, sfi, distance, first_band,
                    last_band, least_km, edges, keys, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_radix_sort_workspace {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_radix_sort_workspace", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    }

    /// `int64_t ionforge_radix_sort_workspace(int32_t key_bytes, int64_t n)`
    public static long ionforge_radix_sort_workspace(int key_bytes, long n) {
        try {
            return (long) ionforge_radix_sort_workspace.HANDLE.invokeExact(key_bytes, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_radix_sort_u32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_radix_sort_u32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `void ionforge_radix_sort_u32(uint32_t *keys, uint32_t *payload, int64_t n, int32_t bits, void *workspace)`
    public static void ionforge_radix_sort_u32(MemorySegment keys, MemorySegment payload, long n, int bits,
                                               MemorySegment workspace) {
        try {
            ionforge_radix_sort_u32.HANDLE.invokeExact(keys, payload, n, bits, workspace);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_radix_sort_u64 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_radix_sort_u64", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `void ionforge_radix_sort_u64(uint64_t *keys, uint32_t *payload, int64_t n, int32_t bits, void *workspace)`
    public static void ionforge_radix_sort_u64(MemorySegment keys, MemorySegment payload, long n, int bits,
                                               MemorySegment workspace) {
        try {
            ionforge_radix_sort_u64.HANDLE.invokeExact(keys, payload, n, bits, workspace);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_grouped_medians_s8 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_grouped_medians_s8", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `int64_t ionforge_grouped_medians_s8(const uint64_t *keys, const uint32_t *order, const int8_t *values, int64_t n,
    /// int64_t capacity, uint64_t *group_keys, uint32_t *counts, float *medians)`
    public static long ionforge_grouped_medians_s8(MemorySegment keys, MemorySegment order, MemorySegment values, long n,
                                                   long capacity, MemorySegment group_keys, MemorySegment counts,
                                                   MemorySegment medians) {
        try {
            return (long) ionforge_grouped_medians_s8.HANDLE.invokeExact(keys, order, values, n, capacity, group_keys, counts,
                    medians);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
