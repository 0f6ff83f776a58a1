package org.ionforge.compute.reference;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Patches;

/// The definition, an element at a time.
final class ReferencePatches implements Patches {

    private interface Visitor {
        /// A row's element and the pooled element that it is.
        void visit(long row, int k, int image, int y, int x, int c);
    }

    @Override
    public void gather(Shape shape, Buffer maps, Buffer rows) {
        Patches.checkGather(shape, maps, rows);
        rows.slice(0, shape.rowElements(rows.type())).fill((byte) 0);
        each(shape, (row, k, image, y, x, c) -> {
            float value = pooled(shape, maps, image, y, x, c);
            switch (rows.type()) {
                case U32 -> {
                    long word = row * shape.inputWords() + k / 32;
                    int before = rows.host().getAtIndex(JAVA_INT_UNALIGNED, word);
                    rows.host().setAtIndex(JAVA_INT_UNALIGNED, word, before | (int) value << k % 32);
                }
                case U8 -> HostArrays.setByte(rows, row * shape.inputs() + k, (byte) value);
                default -> HostArrays.setFloat(rows, row * shape.inputs() + k, value);
            }
        });
    }

    @Override
    public void scatter(Shape shape, Buffer rows, Buffer maps) {
        Patches.checkScatter(shape, rows, maps);
        maps.slice(0, shape.mapElements(ElementType.F32)).fill((byte) 0);
        each(shape, (row, k, image, y, x, c) -> {
            float gradient = HostArrays.floatAt(rows, row * shape.inputs() + k);
            for (int dy = 0; dy < shape.pool(); dy++) {
                for (int dx = 0; dx < shape.pool(); dx++) {
                    long element = element(shape, image, y * shape.pool() + dy, x * shape.pool() + dx, c);
                    HostArrays.setFloat(maps, element, HostArrays.floatAt(maps, element) + gradient);
                }
            }
        });
    }

    /// Patches upwards, and of each what lies inside the map.
    private static void each(Shape shape, Visitor visitor) {
        for (long row = 0; row < shape.rows(); row++) {
            int image = (int) (row / shape.positions());
            int position = (int) (row % shape.positions());
            for (int k = 0; k < shape.inputs(); k++) {
                int place = k / shape.channels();
                int y = position / shape.outWidth() * shape.stride() + place / shape.kernelWidth() - shape.padding();
                int x = position % shape.outWidth() * shape.stride() + place % shape.kernelWidth() - shape.padding();
                if (y >= 0 && y < shape.pooledHeight() && x >= 0 && x < shape.pooledWidth()) {
                    visitor.visit(row, k, image, y, x, k % shape.channels());
                }
            }
        }
    }

    private static float pooled(Shape shape, Buffer maps, int image, int y, int x, int c) {
        float sum = at(shape, maps, image, y * shape.pool(), x * shape.pool(), c);
        for (int square = 1; square < shape.pool() * shape.pool(); square++) {
            sum += at(shape, maps, image, y * shape.pool() + square / shape.pool(), x * shape.pool() + square % shape.pool(), c);
        }
        return sum;
    }

    private static float at(Shape shape, Buffer maps, int image, int y, int x, int c) {
        return switch (maps.type()) {
            case U32 -> {
                long position = ((long) image * shape.height() + y) * shape.width() + x;
                yield maps.host().getAtIndex(JAVA_INT_UNALIGNED, position * shape.channelWords() + c / 32) >>> c % 32 & 1;
            }
            case U8 -> HostArrays.byteAt(maps, element(shape, image, y, x, c)) & 0xFF;
            default -> HostArrays.floatAt(maps, element(shape, image, y, x, c));
        };
    }

    private static long element(Shape shape, int image, int y, int x, int c) {
        return (((long) image * shape.height() + y) * shape.width() + x) * shape.channels() + c;
    }
}
