/// Stage 3: features of a radio path, the IonisGate network, its training and evaluation, predictions.
///
/// Nothing here prints or exits; a job takes a [org.ionforge.telemetry.Progress] and returns a record.
package org.ionforge.ionis;
