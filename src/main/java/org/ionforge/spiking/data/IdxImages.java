package org.ionforge.spiking.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ionforge.errors.InputException;

/// Images and labels in a pair of IDX files, as MNIST and Fashion-MNIST come. Pixels 0 … 255 become 0 … 1.
public final class IdxImages {

    private static final int WHITE = 255;

    private IdxImages() {
    }

    /// The training half of a folder with the four files of MNIST, plain or gzip: `train-images-idx3-ubyte[.gz]` and so on.
    public static ValueSamples training(Path folder, int classes, Arena arena) {
        return read(find(folder, "train-images-idx3-ubyte"), find(folder, "train-labels-idx1-ubyte"), classes, arena);
    }

    /// The testing half.
    public static ValueSamples testing(Path folder, int classes, Arena arena) {
        return read(find(folder, "t10k-images-idx3-ubyte"), find(folder, "t10k-labels-idx1-ubyte"), classes, arena);
    }

    /// @param classes number of classes; a label beyond them is refused
    /// @param arena   owns the values
    /// @throws InputException if a file is not what it should be, with its byte offset, or the two do not belong together
    public static ValueSamples read(Path images, Path labels, int classes, Arena arena) {
        IdxFile pixels = IdxFile.read(images, 3);
        IdxFile marks = IdxFile.read(labels, 1);
        int count = pixels.dimensions()[0];
        if (marks.dimensions()[0] != count) {
            throw new InputException(images + " holds " + count + " images, " + labels + " " + marks.dimensions()[0] + " labels");
        }
        for (int i = 0; i < count; i++) {
            if ((marks.data()[i] & 0xFF) >= classes) {
                throw new InputException(labels + ": byte offset " + (8 + i) + ": label " + (marks.data()[i] & 0xFF) + " of sample " + i
                        + ", there are " + classes + " classes");
            }
        }
        int height = pixels.dimensions()[1];
        int width = pixels.dimensions()[2];
        return new ValueSamples(images.getFileName().toString(), scaled(pixels.data(), count, arena), marks.data(), classes, 1, height, width);
    }

    private static MemorySegment scaled(byte[] pixels, int count, Arena arena) {
        MemorySegment values = arena.allocate((long) pixels.length * Float.BYTES, 64);
        int each = pixels.length / count;
        IntStream.range(0, count).parallel().forEach(image -> {
            for (int i = image * each; i < (image + 1) * each; i++) {
                values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (pixels[i] & 0xFF) / (float) WHITE);
            }
        });
        return values;
    }

    private static Path find(Path folder, String name) {
        return Stream.of(folder.resolve(name), folder.resolve(name + ".gz")).filter(Files::isRegularFile).findFirst()
                .orElseThrow(() -> new InputException(folder + " has neither " + name + " nor " + name + ".gz"));
    }
}
