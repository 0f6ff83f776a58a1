package org.ionforge.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpTraining;

/// Where a training stands, on the device (`gated_mlp_step.cu`): the place in the order, the number of steps, whether one failed, the
/// figures of the last steps, and the groups of parameters with their rates.
final class GatedMlpRun implements AutoCloseable {

    /// 64-bit numbers of the state, and where they are in it.
    private static final int STATE = 8;
    private static final int FAILURE = 2;
    private static final int RECORDED = 3;
    private static final int CORRECTIONS = 4;
    private static final int FIGURES = 5;
    private static final int GROUP = 5;
    private static final int CAPACITY = GatedMlpTraining.MOST_PENDING;

    /// What `gated_mlp_loss_f64` needs to know of a run.
    record Arguments(DevicePointer state, DevicePointer ring, int capacity, double beta1, double beta2) {
        static final Arguments NONE = new Arguments(DevicePointer.NULL, DevicePointer.NULL, 1, 0, 0);
    }

    private final Device device;
    private final AdamW.Options options;
    private final long address;
    private final long groups;
    private long collected;

    GatedMlpRun(Device device, AdamW.Options options) {
        this.device = device;
        this.options = options;
        address = device.allocate(Long.BYTES * (STATE + (long) CAPACITY * FIGURES));
        groups = device.allocate(Long.BYTES * (1 + (long) GatedMlpTraining.MOST_GROUPS * GROUP));
    }

    DevicePointer state() {
        return new DevicePointer(address);
    }

    Arguments arguments() {
        return new Arguments(state(), new DevicePointer(address + STATE * (long) Long.BYTES), CAPACITY, options.beta1(), options.beta2());
    }

    void begin(long first, long steps, List<AdamW.Group> of) {
        long[] state = new long[STATE];
        state[0] = first;
        state[1] = steps;
        device.upload(MemorySegment.ofArray(state), address);
        collected = 0;
        long[] table = new long[1 + of.size() * GROUP];
        table[0] = of.size();
        int at = 1;
        for (AdamW.Group group : of.stream().sorted(Comparator.comparingLong(AdamW.Group::offset)).toList()) {
            for (double number : new double[] {group.offset(), group.offset() + group.length(), group.learningRate(), group.minimum(),
                    group.maximum()}) {
                table[at++] = Double.doubleToRawLongBits(number);
            }
        }
        device.upload(MemorySegment.ofArray(table), groups);
    }

    /// `adamw_groups_f32`
    void adamwGroupsF32(GatedMlpTraining.Setup setup) {
        long n = setup.shape().parameters();
        device.launch("adamw_groups_f32", Grid.covering(n, 256), setup.parameters(), setup.gradients(), setup.m(), setup.v(), n, slot(FAILURE),
                slot(CORRECTIONS), new DevicePointer(groups + Long.BYTES), new DevicePointer(groups), options.beta1(), options.beta2(),
                options.epsilon(), options.weightDecay());
    }

    private DevicePointer slot(int number) {
        return new DevicePointer(address + number * (long) Long.BYTES);
    }

    /// The losses of the steps done since the last call, oldest first. Waits for them.
    List<GatedMlp.Loss> collect() {
        long[] state = new long[STATE + CAPACITY * FIGURES];
        device.download(address, MemorySegment.ofArray(state));
        long from = collected;
        collected = state[RECORDED];
        return LongStream.range(from, collected).mapToObj(number -> loss(state, (int) (number % CAPACITY))).toList();
    }

    private static GatedMlp.Loss loss(long[] state, int place) {
        double[] figures = new double[FIGURES];
        for (int k = 0; k < FIGURES; k++) {
            figures[k] = Double.longBitsToDouble(state[STATE + place * FIGURES + k]);
        }
        return new GatedMlp.Loss(figures[0], figures[1], figures[2], figures[3], figures[4]);
    }

    @Override
    public void close() {
        device.free(address);
        device.free(groups);
    }
}
