/// Energy as the machine's own counters have it. Nothing here multiplies a constant with a time.
package org.ionforge.telemetry.energy;
