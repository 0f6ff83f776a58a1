package org.ionforge.training.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.training.health.HealthAction.FreezeObservers;
import org.ionforge.training.health.HealthAction.LowerThreshold;
import org.ionforge.training.health.HealthAction.RaiseRateGain;
import org.ionforge.training.health.HealthAction.RaiseThreshold;
import org.ionforge.training.health.HealthAction.RollBack;
import org.ionforge.training.health.HealthAction.Stop;
import org.ionforge.training.health.HealthAction.Warn;
import org.junit.jupiter.api.Test;

class HealthMonitorTest {

    private static final LayerHealth WELL = new LayerHealth(0.12, 0.2, 0.4, 0.02, 0.001, 0.5);

    private final HealthMonitor monitor = new HealthMonitor(HealthLimits.DEFAULT);
    private final List<HealthRecord> records = new ArrayList<>();

    private List<HealthAction> epoch(String phase, int phaseEpoch, double loss, LayerHealth... layers) {
        HealthRecord record = new HealthRecord(records.size() + 1, phase, phaseEpoch, loss, List.of(layers));
        records.add(record);
        return monitor.judge(record);
    }

    private List<HealthAction> withRate(double rate) {
        return epoch("WARM_UP", records.size(), 1, WELL, new LayerHealth(rate, 0.1, 0.3, null, null, 0.5));
    }

    private List<HealthAction> withScale(double scale) {
        return epoch("QAT_OBSERVING", records.size(), 1, new LayerHealth(0.1, 0.1, 0.3, scale, 0.0, 0.5));
    }

    @Test
    void aHealthyTrainingIsLeftAlone() {
        for (int i = 0; i < 20; i++) {
            assertEquals(List.of(), epoch("WARM_UP", i, 1.0 / (i + 1), WELL, WELL));
        }
        assertEquals(List.of(), monitor.log());
    }

    /// A lower threshold, then more weight on the rate loss, then a lower threshold again; nothing while the layer recovers; and a new
    /// collapse begins anew.
    @Test
    void aDeadLayerIsRevived() {
        LowerThreshold first = assertInstanceOf(LowerThreshold.class, withRate(0.004).getFirst());
        assertEquals(1, first.layer());
        assertEquals(0.8, first.factor());
        assertEquals("layer 2 fires at 0.40 %, below 1.00 %", first.why());
        assertEquals(List.of(), withRate(0.004), "the action is given 2 epochs");
        assertEquals(2, assertInstanceOf(RaiseRateGain.class, withRate(0.004).getFirst()).factor());
        assertEquals(List.of(), withRate(0.006));
        assertInstanceOf(LowerThreshold.class, withRate(0.006).getFirst());
        assertEquals(List.of(), withRate(0.02), "on its way back");
        assertEquals(List.of(), withRate(0.03));
        assertEquals(List.of(), withRate(0.06));
        assertInstanceOf(LowerThreshold.class, withRate(0.009).getFirst());
        assertEquals(4, monitor.log().size());
    }

    /// Nobody is dead and nobody explodes, and yet a gate would refuse it: said once in each phase.
    @Test
    void aRateThatIsNotHealthyIsSaid() {
        Warn low = assertInstanceOf(Warn.class, withRate(0.031).getFirst());
        assertEquals("layer 2 fires at 3.10 %, outside of the healthy 5 to 30 %; a rate loss would bring it there", low.why());
        assertEquals(List.of(), withRate(0.032));
        assertEquals(List.of(), withRate(0.05));
        assertEquals(List.of(), withRate(0.04));
        Warn high = assertInstanceOf(Warn.class, epoch("QAT", 0, 1, WELL, new LayerHealth(0.35, 0.1, 0.3, null, null, 0.5)).getFirst());
        assertEquals(1, high.layer());
    }

    /// A rate that goes back and forth about the limit, but never gets well, is one alarm and not a new one each time.
    @Test
    void hoveringAboutTheLimitIsOneAlarm() {
        assertInstanceOf(LowerThreshold.class, withRate(0.009).getFirst());
        assertEquals(List.of(), withRate(0.011));
        assertInstanceOf(RaiseRateGain.class, withRate(0.009).getFirst(), "the next measure of the same alarm");
        HealthMonitor eager = new HealthMonitor(HealthLimits.DEFAULT);
        eager.judge(records.getFirst());
        LayerHealth well = new LayerHealth(0.05, 0.1, 0.3, null, null, 0.5);
        eager.judge(new HealthRecord(2, "WARM_UP", 1, 1, List.of(WELL, well)));
        assertInstanceOf(LowerThreshold.class, eager.judge(new HealthRecord(3, "WARM_UP", 2, 1, records.getFirst().layers())).getFirst(),
                "it was well in between: begun anew");
    }

    @Test
    void anExplodingLayerIsCalmed() {
        assertInstanceOf(Warn.class, withRate(0.45).getFirst(), "high, but no alarm");
        RaiseThreshold first = assertInstanceOf(RaiseThreshold.class, withRate(0.9).getFirst());
        assertEquals(1.25, first.factor(), 1e-12);
        assertEquals(List.of(), withRate(0.8));
        assertInstanceOf(RaiseThreshold.class, withRate(0.7).getFirst());
        assertEquals(List.of(), withRate(0.45));
        assertEquals(List.of(), withRate(0.4), "between the limits nothing more is done");
        assertEquals(List.of(), withRate(0.29));
        assertEquals(3, monitor.log().size());
    }

    @Test
    void fromOneExtremeToTheOtherIsANewAlarm() {
        assertInstanceOf(LowerThreshold.class, withRate(0.001).getFirst());
        assertInstanceOf(RaiseThreshold.class, withRate(0.8).getFirst());
        assertInstanceOf(LowerThreshold.class, withRate(0.001).getFirst());
    }

    @Test
    void aLayerReadByItsMembraneNeedNotFire() {
        LayerHealth last = new LayerHealth(null, 0.1, 0.3, null, null, 0.5);
        assertEquals(List.of(), epoch("WARM_UP", 0, 1, WELL, last));
    }

    @Test
    void aSwingingScaleIsFrozenOncePerPhase() {
        for (double scale : new double[] {0.02, 0.024, 0.02}) {
            assertEquals(List.of(), withScale(scale));
        }
        assertEquals(0, assertInstanceOf(FreezeObservers.class, withScale(0.024).getFirst()).layer());
        assertEquals(List.of(), withScale(0.02), "frozen already");
        LayerHealth layer = new LayerHealth(0.1, 0.1, 0.3, 0.03, 0.0, 0.5);
        assertEquals(List.of(), epoch("QAT_FROZEN", 0, 1, layer));
        for (double scale : new double[] {0.02, 0.03}) {
            assertEquals(List.of(), epoch("QAT_FROZEN", 1, 1, new LayerHealth(0.1, 0.1, 0.3, scale, 0.0, 0.5)));
        }
        assertInstanceOf(FreezeObservers.class, epoch("QAT_FROZEN", 3, 1, new LayerHealth(0.1, 0.1, 0.3, 0.02, 0.0, 0.5)).getFirst(), "a new phase");
    }

    @Test
    void aScaleThatGrowsOrTremblesDoesNotSwing() {
        for (int i = 0; i < 8; i++) {
            assertEquals(List.of(), withScale(0.02 * (1 + 0.05 * (i % 2))), "trembles by 5 %");
        }
        List<HealthAction> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.addAll(withScale(0.02 * Math.pow(1.2, i)));
        }
        Warn warn = assertInstanceOf(Warn.class, all.getFirst());
        assertTrue(warn.why().contains("drifted by 107 %"), warn.why());
        assertEquals(1, all.size(), "one warning, no freezing: " + all);
    }

    @Test
    void aLossThatJumpsAsAPhaseBeginsIsTakenBack() {
        assertEquals(List.of(), epoch("WARM_UP", 0, 2.3, WELL), "no phase before");
        assertEquals(List.of(), epoch("WARM_UP", 1, 0.2, WELL));
        RollBack back = assertInstanceOf(RollBack.class, epoch("QAT_OBSERVING", 0, 0.9, WELL).getFirst());
        assertEquals(1, back.extraEpochs());
        assertEquals("the loss is 0.9000 in epoch 1 of QAT_OBSERVING, more than 1.50 times the 0.2000 before it and 0.200", back.why());
        assertEquals(List.of(), epoch("WARM_UP", 2, 0.18, WELL));
        assertEquals(List.of(), epoch("QAT_OBSERVING", 0, 0.45, WELL), "below 1.5 · 0.18 + 0.2");
        assertInstanceOf(RollBack.class, epoch("QAT_OBSERVING", 1, 0.5, WELL).getFirst(), "the second epoch counts too");
        epoch("WARM_UP", 3, 0.17, WELL);
        assertTrue(assertInstanceOf(Stop.class, epoch("QAT_OBSERVING", 0, 5, WELL).getFirst()).why().endsWith("after 2 steps back"));
    }

    @Test
    void aJumpInTheMiddleOfAPhaseIsNone() {
        epoch("WARM_UP", 0, 0.2, WELL);
        epoch("QAT_OBSERVING", 0, 0.2, WELL);
        epoch("QAT_OBSERVING", 1, 0.2, WELL);
        assertEquals(List.of(), epoch("QAT_OBSERVING", 2, 0.9, WELL));
    }

    @Test
    void whatIsNotANumberStopsTheRunAndItStaysStopped() {
        epoch("WARM_UP", 0, 1, WELL, WELL);
        Stop stop = assertInstanceOf(Stop.class, epoch("WARM_UP", 1, 1, WELL, new LayerHealth(0.1, Double.NaN, 0.3, null, null, 0.5)).getFirst());
        assertEquals("the mean membrane of layer 2 is NaN in epoch 2", stop.why());
        assertInstanceOf(Stop.class, epoch("WARM_UP", 2, 1, WELL, WELL).getFirst(), "fails closed");
    }

    @Test
    void everyMeasurementIsLookedAt() {
        double bad = Double.NaN;
        List<LayerHealth> sick = List.of(new LayerHealth(bad, 0.1, 0.1, 0.1, 0.1, 0.1), new LayerHealth(0.1, bad, 0.1, 0.1, 0.1, 0.1),
                new LayerHealth(0.1, 0.1, bad, 0.1, 0.1, 0.1), new LayerHealth(0.1, 0.1, 0.1, bad, 0.1, 0.1),
                new LayerHealth(0.1, 0.1, 0.1, 0.1, bad, 0.1), new LayerHealth(0.1, 0.1, 0.1, 0.1, 0.1, Double.POSITIVE_INFINITY),
                new LayerHealth(0.1, 0.1, 0.1, 0.0, 0.1, 0.1));
        for (LayerHealth layer : sick) {
            assertInstanceOf(Stop.class, new HealthMonitor(HealthLimits.DEFAULT).judge(new HealthRecord(1, "WARM_UP", 0, 1, List.of(layer))).getFirst());
        }
        assertInstanceOf(Stop.class, new HealthMonitor(HealthLimits.DEFAULT).judge(new HealthRecord(1, "WARM_UP", 0, bad, List.of(WELL))).getFirst());
    }

    @Test
    void saturationGradientAndStillMembranesWarnOnce() {
        LayerHealth sick = new LayerHealth(0.1, 0.0, 0.3, 0.02, 0.2, 500.0);
        assertEquals(2, epoch("QAT", 0, 1, sick).size());
        assertEquals(0, epoch("QAT", 1, 1, sick).size());
        assertEquals(0, epoch("QAT", 2, 1, new LayerHealth(0.1, 0.0, 0.3, 0.02, 0.06, 60.0)).size());
        assertEquals(0, epoch("QAT", 3, 1, sick).size(), "never fell silent");
        epoch("QAT", 4, 1, new LayerHealth(0.1, 0.0, 0.3, 0.02, 0.05, 50.0));
        assertEquals(2, epoch("QAT", 5, 1, sick).size());
        assertTrue(assertInstanceOf(Warn.class, epoch("QAT", 6, 1, new LayerHealth(0.1, 0.0, 0.0, 0.02, 0.2, 500.0)).getFirst()).why().contains("do not move"));
    }

    @Test
    void theRecordsAloneDecide() {
        for (double rate : new double[] {0.001, 0.001, 0.02, 0.001, 0.7, 0.7}) {
            withRate(rate);
        }
        HealthMonitor replayed = HealthMonitor.replay(HealthLimits.DEFAULT, records);
        assertEquals(monitor.log(), replayed.log());
        HealthRecord next = new HealthRecord(7, "WARM_UP", 6, 1, records.getLast().layers());
        assertEquals(monitor.judge(next), replayed.judge(next));
    }

    @Test
    void limitsThatContradictThemselvesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new HealthLimits(0.1, 0.05, 0.3, 0.5, 2, 0.8, 2, 0.1, 3, 1, 0.1, 100, 1.5, 0.2, 2, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> new HealthLimits(0.01, 0.05, 0.3, 0.5, 2, 1.2, 2, 0.1, 3, 1, 0.1, 100, 1.5, 0.2, 2, 2, 1));
        epoch("WARM_UP", 0, 1, WELL, WELL);
        assertThrows(IllegalArgumentException.class, () -> epoch("WARM_UP", 1, 1, WELL));
    }
}
