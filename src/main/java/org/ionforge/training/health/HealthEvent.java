package org.ionforge.training.health;

/// An entry of the log.
///
/// @param epoch  whose measurements asked for it
/// @param phase  it belongs to
/// @param action `LowerThreshold`, …
/// @param layer  from 0, null if it concerns the whole run
/// @param why    measurement and limit
public record HealthEvent(int epoch, String phase, String action, Integer layer, String why) {

    static HealthEvent of(HealthRecord record, HealthAction action) {
        Integer layer = action instanceof HealthAction.OfLayer of ? of.layer() : null;
        return new HealthEvent(record.epoch(), record.phase(), action.getClass().getSimpleName(), layer, action.why());
    }
}
