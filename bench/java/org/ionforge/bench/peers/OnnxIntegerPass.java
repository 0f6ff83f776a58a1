package org.ionforge.bench.peers;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import org.ionforge.bench.Contender;
import org.ionforge.bench.IntegerPass;
import org.ionforge.bench.peers.OnnxModel.Type;
import org.ionforge.spiking.integer.InputForm;

/// [IntegerPass]'s network by ONNX Runtime: all steps unrolled into one graph that it optimises as far as it can, the first layer's
/// product in it once, and each neuron in the order of operations of [TorchSpikingNetwork].
final class OnnxIntegerPass implements Contender {

    /// What is multiplied.
    enum Products {
        /// Floats by floats.
        FP32,
        /// U8 pixels and spikes by S8 weights, scaled and biased into floats by the same operator.
        INT8
    }

    /// Makes U8 × S8 exact on processors without VNNI too, where its sums of two products would saturate at 16 bits.
    private static final String EXACT = "session.x64quantprecision";

    private final OrtSession session;
    private final OnnxTensor x;
    private double spikes;

    OnnxIntegerPass(IntegerPass pass, Products products, int threads) {
        OrtEnvironment environment = OnnxRuntime.environment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.addConfigEntry(EXACT, "1");
            session = environment.createSession(new Graph(pass, products).bytes(), options);
            long[] shape = {pass.batch(), IntegerPass.SIZES[0]};
            x = switch (products) {
                case FP32 -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(pass.input()), shape);
                case INT8 -> {
                    byte[] codes = pass.codes();
                    yield OnnxTensor.createTensor(environment, ByteBuffer.allocateDirect(codes.length).order(ByteOrder.nativeOrder())
                            .put(codes).flip(), shape, OnnxJavaType.UINT8);
                }
            };
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not take the network", e);
        }
    }

    /// The network's operators.
    private static final class Graph {
        private final OnnxModel model = new OnnxModel();
        private final Products products;

        Graph(IntegerPass pass, Products products) {
            this.products = products;
            model.constant("beta", new float[] {IntegerPass.BETA});
            model.constant("threshold", new float[] {IntegerPass.THRESHOLD});
            layer(0, pass.layers().getFirst(), InputForm.STEP);
            layer(1, pass.layers().getLast(), 1);
            String current = product(0, "current", model.input("x", products == Products.FP32 ? Type.FLOAT : Type.UINT8, pass.batch(), IntegerPass.SIZES[0]));
            Neurons hidden = new Neurons("hidden");
            Neurons last = new Neurons("last");
            String counts = "";
            for (int t = 0; t < IntegerPass.STEPS; t++) {
                String above = hidden.step(t, current);
                String fired = products == Products.FP32 ? hidden.spikes : model.cast(Type.UINT8, above + "code", above);
                last.step(t, product(1, "current" + t, fired));
                counts = t == 0 ? last.spikes : model.node("Add", "counts" + t, counts, last.spikes);
            }
            model.output(counts, pass.batch(), IntegerPass.SIZES[2]);
        }

        byte[] bytes() {
            return model.bytes();
        }

        /// @param step from a code of the layer's input to its value
        private void layer(int layer, IntegerPass.Values values, float step) {
            int n = IntegerPass.SIZES[layer + 1];
            int k = IntegerPass.SIZES[layer];
            model.constant("bias" + layer, values.biases(), n);
            switch (products) {
                case FP32 -> model.constant("weights" + layer, values.weights(), n, k);
                case INT8 -> {
                    byte[] turned = new byte[n * k];
                    for (int i = 0; i < turned.length; i++) {
                        turned[i % k * n + i / k] = (byte) values.codes()[i];
                    }
                    model.constant("weights" + layer, Type.INT8, turned, k, n);
                    model.constant("step" + layer, new float[] {step});
                    model.constant("unit" + layer, new float[] {values.unit()});
                }
            }
        }

        /// `x·Wᵀ + b` of a layer.
        private String product(int layer, String name, String x) {
            return switch (products) {
                case FP32 -> model.node("Gemm", name, new OnnxModel.Attribute("transB", 1), x, "weights" + layer, "bias" + layer);
                case INT8 -> model.microsoftNode("MatMulIntegerToFloat", name, x, "weights" + layer, "step" + layer, "unit" + layer, "", "", "bias" + layer);
            };
        }

        /// Neurons of a layer from step to step; a spike is the next step's reset.
        private final class Neurons {
            private final String name;
            private String membrane;
            private String spikes;

            Neurons(String name) {
                this.name = name;
            }

            /// @return whether each fires, as truth values
            String step(int t, String current) {
                String at = name + t;
                if (t == 0) {
                    membrane = current;
                } else {
                    String charged = model.node("Add", at + "charged", model.node("Mul", at + "leaked", membrane, "beta"), current);
                    membrane = model.node("Sub", at + "membrane", charged, model.node("Mul", at + "reset", spikes, "threshold"));
                }
                String above = model.node("Greater", at + "above", membrane, "threshold");
                spikes = model.cast(Type.FLOAT, at + "spikes", above);
                return above;
            }
        }
    }

    @Override
    public void run() {
        try (OrtSession.Result result = session.run(Map.of("x", x))) {
            FloatBuffer counts = ((OnnxTensor) result.get(0)).getFloatBuffer();
            spikes = 0;
            while (counts.hasRemaining()) {
                spikes += counts.get();
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed", e);
        }
    }

    @Override
    public double sum() {
        return spikes;
    }

    @Override
    public void close() {
        x.close();
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not close", e);
        }
    }
}
