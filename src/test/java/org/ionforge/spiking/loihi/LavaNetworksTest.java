package org.ionforge.spiking.loihi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ionforge.errors.InputException;
import org.ionforge.export.netx.NetxLayer;
import org.ionforge.export.netx.NetxNetwork;
import org.ionforge.export.netx.NetxNeuron;
import org.ionforge.spiking.data.IdxImages;
import org.ionforge.spiking.data.MnistPackage;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.encoding.Rate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/// Networks that lava-dl trained, and what its own integer models made of them.
@EnabledIfEnvironmentVariable(named = "IONFORGE_DATA", matches = ".+", disabledReason = "IONFORGE_DATA names no folder with lava/")
class LavaNetworksTest {

    private static final int STEPS = 16;

    private static Path lava(String name) {
        return Path.of(System.getenv("IONFORGE_DATA"), "lava").resolve(name);
    }

    /// A NumPy array as whole numbers, in the order of the file.
    private static int[] array(String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(lava("tiny/gts/" + name))).order(ByteOrder.LITTLE_ENDIAN);
        int header = bytes.getShort(8);
        String text = new String(bytes.array(), 10, header, StandardCharsets.US_ASCII);
        ByteBuffer data = bytes.slice(10 + header, bytes.limit() - 10 - header).order(ByteOrder.LITTLE_ENDIAN);
        int each = text.contains("f4") ? 4 : 8;
        return IntStream.range(0, data.limit() / each).map(i -> (int) (each == 4 ? data.getFloat(i * 4)
                : text.contains("f8") ? data.getDouble(i * 8) : data.getLong(i * 8))).toArray();
    }

    /// `[neurons, steps]` of the file as a row a step.
    private static int[][] bySteps(int[] values) {
        int[][] rows = new int[STEPS][values.length / STEPS];
        for (int i = 0; i < values.length; i++) {
            rows[i % STEPS][i / STEPS] = values[i];
        }
        return rows;
    }

    private static void sameSpikes(int[][] expected, byte[][] actual, String what) {
        for (int t = 0; t < STEPS; t++) {
            byte[] row = actual[t];
            assertArrayEquals(expected[t], IntStream.range(0, row.length).map(i -> row[i]).toArray(), what + ", step " + t);
        }
    }

    @Test
    void theTinyNetworkGivesEverySpikeOfEveryLayer() throws IOException {
        NetxNetwork network = NetxNetwork.read(lava("tiny/tiny.net"));
        NetxLayer.Convolution first = (NetxLayer.Convolution) network.layers().get(1);
        int[] pixels = array("input_bias.npy"); // [16, 16, 3]: y, x, channel
        int[] drive = new int[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            drive[first.input().at(i % 3, i / 3 % 16, i / 48)] = pixels[i];
        }
        List<byte[][]> fired = new LoihiNetwork(network).run(new int[][] {drive}, STEPS);
        int[][] input = bySteps(array("input.npy"));
        sameSpikes(input, fired.get(0), "input");
        sameSpikes(bySteps(array("layer1.npy")), fired.get(1), "layer 1");
        sameSpikes(bySteps(array("output.npy")), fired.get(2), "output");
        int[][] currents = bySteps(array("current.npy"));
        for (int t = 0; t < STEPS; t++) {
            assertArrayEquals(currents[t], LoihiNetwork.arriving(first, input[t]), "current of layer 1, step " + t);
        }
    }

    /// Trained on rate-coded digits by its authors; 32 steps of Bernoulli spikes.
    @Test
    void theTrainedNetworkReadsDigits() {
        LoihiNetwork network = new LoihiNetwork(NetxNetwork.read(lava("mnist/trained_mnist_network.net")));
        int steps = 32;
        int images = 1000;
        Rate encoder = new Rate(5);
        try (Arena arena = Arena.ofShared()) {
            ValueSamples digits = IdxImages.testing(Path.of(System.getenv("IONFORGE_DATA"), "mnist"), MnistPackage.CLASSES, arena);
            long right = IntStream.range(0, images).parallel().filter(image -> {
                float[] values = new float[digits.features()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = digits.value(image, i);
                }
                int[] words = new int[steps * 25];
                encoder.encode(values, image, steps, words, 0, 25);
                int[][] spikes = IntStream.range(0, steps).mapToObj(t -> IntStream.range(0, values.length)
                        .map(i -> words[t * 25 + i / 32] >>> i % 32 & 1).toArray()).toArray(int[][]::new);
                byte[][] out = network.run(spikes, steps).getLast();
                int[] counts = IntStream.range(0, 10).map(c -> IntStream.range(0, steps).map(t -> out[t][c]).sum()).toArray();
                int answer = IntStream.range(0, 10).reduce((a, b) -> counts[b] > counts[a] ? b : a).orElseThrow();
                return answer == digits.label(image);
            }).count();
            assertTrue(right > 0.94 * images, right + " of " + images + " digits");
        }
    }

    /// A neuron on Loihi with a weight of 10 and vDecay 163 (τ = 25 steps): columns input spike, membrane, output spike. A spike
    /// arrives one step late there, and in the step in which the neuron fires the chip's register shows 128, not the membrane.
    @Test
    void aNeuronFollowsTheChipsTrace() throws IOException {
        for (String name : List.of("lif_lava_loihi_fixed.csv", "lif_lava_cpu_fixed.csv")) {
            List<String> lines = Files.readAllLines(Path.of(System.getenv("IONFORGE_DATA"), "nir/lif", name));
            LoihiNeurons neuron = new LoihiNeurons(new NetxNeuron(4096, 163, 25), new int[1]);
            int arriving = 0;
            int spikes = 0;
            for (int t = 0; t < lines.size(); t++) {
                double[] row = Stream.of(lines.get(t).split(",")).mapToDouble(Double::parseDouble).toArray();
                byte[] fired = new byte[1];
                neuron.step(new int[] {arriving}, fired);
                assertEquals(row[2], fired[0], name + ", step " + t + ": spike");
                if (fired[0] == 0) {
                    assertEquals(row[1], neuron.voltage(0), name + ", step " + t + ": membrane");
                }
                spikes += fired[0];
                arriving = row[0] == 0 ? 0 : 10;
            }
            assertEquals(4, spikes);
        }
    }

    @Test
    void whatIsNoNetworkIsRefused(@TempDir Path folder) throws IOException {
        Path text = Files.writeString(folder.resolve("text.net"), "no HDF5");
        assertTrue(assertThrows(InputException.class, () -> NetxNetwork.read(text)).getMessage().contains("text.net"));
        Path other = Path.of(System.getenv("IONFORGE_DATA"), "nir/lif/lif_norse.nir");
        assertTrue(assertThrows(InputException.class, () -> NetxNetwork.read(other)).getMessage().contains("no netx network"));
        LoihiNetwork network = new LoihiNetwork(NetxNetwork.read(lava("mnist/trained_mnist_network.net")));
        assertEquals("a row of 3 for 784 neurons", assertThrows(IllegalArgumentException.class, () -> network.run(new int[1][3], 1)).getMessage());
    }
}
