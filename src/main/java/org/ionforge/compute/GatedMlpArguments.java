package org.ionforge.compute;

import java.util.List;

/// The checks on the arguments of a [GatedMlp] that every room makes before it touches memory.
public final class GatedMlpArguments {

    private GatedMlpArguments() {
    }

    /// @throws IllegalArgumentException naming the argument that is too short or of a wrong type
    public static void checkForward(GatedMlpShape shape, Buffer parameters, GatedMlp.Rows rows, GatedMlp.Outputs outputs) {
        checkRows(shape, parameters, rows);
        if (outputs.out() == null) {
            throw new IllegalArgumentException("outputs.out is null: there is nowhere to write the result");
        }
        optional("out", outputs.out(), rows.count());
        optional("base", outputs.base(), rows.count());
        optional("sunGate", outputs.sunGate(), rows.count());
        optional("stormGate", outputs.stormGate(), rows.count());
        optional("sunSide", outputs.sunSide(), rows.count());
        optional("stormSide", outputs.stormSide(), rows.count());
    }

    /// @throws IllegalArgumentException naming the argument that is too short, of a wrong type or out of range
    public static void checkLoss(GatedMlpShape shape, Buffer parameters, GatedMlp.Rows rows, GatedMlp.LossOptions options,
                                 Buffer gradients) {
        checkRows(shape, parameters, rows);
        if (rows.count() < 1) {
            throw new IllegalArgumentException("a loss is a mean over at least one row, got " + rows.count());
        }
        if (!(options.huberDelta() > 0)) {
            throw new IllegalArgumentException("huberDelta must be positive, got " + options.huberDelta());
        }
        if (rows.targets() == null || rows.weights() == null) {
            throw new IllegalArgumentException("a loss needs targets and weights");
        }
        long needed = rows.features().length() / shape.inputs();
        Operands.require("targets", rows.targets(), ElementType.F32, needed);
        Operands.require("weights", rows.weights(), ElementType.F32, needed);
        Operands.require("gradients", gradients, ElementType.F32, shape.parameters());
    }

    /// @throws IllegalArgumentException naming the part of the setup that is too short, of a wrong type or out of range
    public static void checkTraining(GatedMlpTraining.Setup setup) {
        if (setup.batch() < 1) {
            throw new IllegalArgumentException("a batch has at least one row, got " + setup.batch());
        }
        Operands.require("order", setup.order(), ElementType.S32, 1);
        checkLoss(setup.shape(), setup.parameters(), new GatedMlp.Rows(setup.features(), setup.targets(), setup.weights(), setup.order(),
                0, 1), setup.loss(), setup.gradients());
        Operands.require("m", setup.m(), ElementType.F32, setup.shape().parameters());
        Operands.require("v", setup.v(), ElementType.F32, setup.shape().parameters());
    }

    /// @throws IllegalArgumentException naming what is out of range
    /// @throws IllegalStateException    if steps were not collected
    public static void checkBegin(GatedMlpTraining.Setup setup, long first, long steps, List<AdamW.Group> groups, int pending) {
        if (pending > 0) {
            throw new IllegalStateException(pending + " steps were not collected");
        }
        if (first < 0 || first > setup.order().length()) {
            throw new IllegalArgumentException("row " + first + " of an order of " + setup.order().length());
        }
        if (groups.size() > GatedMlpTraining.MOST_GROUPS) {
            throw new IllegalArgumentException(groups.size() + " groups; " + GatedMlpTraining.MOST_GROUPS + " are possible");
        }
        AdamWArguments.check(setup.parameters(), setup.gradients(), setup.m(), setup.v(), groups, steps + 1);
    }

    /// @throws IllegalStateException if the order is at its end, or as many steps wait as can
    public static void checkStep(GatedMlpTraining.Setup setup, long first, int pending) {
        if (first >= setup.order().length()) {
            throw new IllegalStateException("the order of " + setup.order().length() + " rows is at its end");
        }
        if (pending >= GatedMlpTraining.MOST_PENDING) {
            throw new IllegalStateException(pending + " steps wait to be collected");
        }
    }

    private static void checkRows(GatedMlpShape shape, Buffer parameters, GatedMlp.Rows rows) {
        Operands.require("parameters", parameters, ElementType.F32, shape.parameters());
        if (rows.first() < 0 || rows.count() < 0) {
            throw new IllegalArgumentException(rows.count() + " rows from row " + rows.first());
        }
        long end = rows.first() + rows.count();
        if (rows.index() == null) {
            Operands.require("features", rows.features(), ElementType.F32, Math.multiplyExact(end, shape.inputs()));
        } else {
            Operands.require("features", rows.features(), ElementType.F32, 0);
            Operands.require("index", rows.index(), ElementType.S32, end);
        }
    }

    private static void optional(String name, Buffer buffer, long length) {
        if (buffer != null) {
            Operands.require(name, buffer, ElementType.F32, length);
        }
    }

    /// What every host room says of an index that points outside the data set.
    public static IllegalArgumentException indexOutside(long position, long row, long dataRows) {
        return new IllegalArgumentException("index[" + position + "] = " + row + " points outside the data set of " + dataRows
                + " rows");
    }
}
