package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.Surrogate;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What other simulators recorded of one NIR neuron (τ = 2.5 ms, r = 1, θ = 0.1, dt = 0.1 ms) for the same spikes in: columns input,
/// membrane after the reset, spike. Our dialects give the same, to the tolerance said beside each.
@EnabledIfEnvironmentVariable(named = "IONFORGE_DATA", matches = ".+", disabledReason = "IONFORGE_DATA names no folder with nir/lif")
class SimulatorTracesTest {

    private static final int STEPS = 1000;
    private static final float EXACT_DECAY = (float) Math.exp(-0.04);

    private record Trace(float[] input, double[] membrane, boolean[] spikes) {

        static Trace of(String simulator) {
            try {
                List<double[]> rows = Files.readAllLines(Path.of(System.getenv("IONFORGE_DATA"), "nir/lif", "lif_" + simulator + ".csv")).stream()
                        .map(line -> Stream.of(line.split(",")).mapToDouble(Double::parseDouble).toArray()).toList();
                Trace trace = new Trace(new float[STEPS], new double[STEPS], new boolean[STEPS]);
                for (int t = 0; t < STEPS; t++) {
                    trace.input[t] = (float) rows.get(t)[0];
                    trace.membrane[t] = rows.get(t)[1];
                    trace.spikes[t] = rows.get(t)[2] != 0;
                }
                return trace;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        int firstSpike() {
            int t = 0;
            while (!spikes[t]) {
                t++;
            }
            return t;
        }
    }

    /// Every spike must be the simulator's.
    ///
    /// @param before how far the membrane may be off up to the first spike
    /// @param after  and from then on
    private static void follow(Room room, String simulator, LifDialect dialect, float leak, float threshold, double before, double after) {
        Trace trace = Trace.of(simulator);
        Trial.on(room, trial -> {
            Lif.Shape shape = new Lif.Shape(STEPS, 1, 1);
            LifNeurons neurons = new LifNeurons(dialect, trial.input(leak), trial.input(threshold), Surrogate.fastSigmoid(25));
            Buffer spikes = trial.output(ElementType.U32, STEPS);
            Buffer membrane = trial.output(ElementType.F32, STEPS);
            trial.backend().lif().forward(shape, neurons, new Lif.Currents(trial.input(trace.input), false),
                    new Lif.Outputs(spikes, null, membrane, null));
            int[] fired = trial.ints(spikes, STEPS);
            float[] u = trial.floats(membrane, STEPS);
            int count = 0;
            for (int t = 0; t < STEPS; t++) {
                String where = simulator + " on " + room + ", step " + t;
                assertEquals(trace.spikes[t], fired[t] == 1, where + ": spike");
                double reset = dialect.reset() == LifDialect.Reset.TO_VALUE ? dialect.resetValue() : u[t] - threshold;
                assertEquals(trace.membrane[t], fired[t] == 1 ? reset : u[t], t < trace.firstSpike() ? before : after, where + ": membrane");
                count += fired[t];
            }
            assertEquals(4, count, simulator);
            return null;
        });
    }

    /// Forward Euler in float, its operations in another order: 1e-8.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void norse(Room room) {
        follow(room, "norse", LifDialect.nir(1, 0, 0), 0.04f, 0.1f, 1e-8, 1e-8);
    }

    /// β = 1 − dt/τ, weights and threshold over dt/τ: to the bit.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void snnTorch(Room room) {
        follow(room, "snntorch", LifDialect.SNNTORCH_LEAKY_ZERO, 0.96f, 2.5f, 0, 0);
    }

    /// α = exp(−dt/τ) without norm_input, reset by subtraction: to the bit.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void sinabs(Room room) {
        follow(room, "sinabs", LifDialect.IONFORGE.subtracting(), EXACT_DECAY, 0.1f, 0, 0);
    }

    /// Fixed point of 16 bits in units of the synaptic weight: 5e-4 of 2.5.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void spinnaker2(Room room) {
        follow(room, "spinnaker2", LifDialect.SNNTORCH_LEAKY_ZERO, 0.96f, 2.5f, 5e-4, 5e-4);
    }

    /// The solution of the differential equation: up to the first spike the decay by exp(−dt/τ) is exact, to a float. The solution
    /// resets within the step, where the threshold is crossed, and charges for the rest of it: less than one step's charge apart.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void exactSolution(Room room) {
        LifDialect exact = new LifDialect(LifDialect.Charge.LEAK, true, LifDialect.Synapse.NONE, 0, 1, 0, 0, LifDialect.Comparison.ABOVE,
                LifDialect.Reset.TO_VALUE, 0, false, false, false);
        follow(room, "exact", exact, EXACT_DECAY, 0.1f, 1e-7, 1 - EXACT_DECAY);
    }
}
