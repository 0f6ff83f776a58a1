/// From values in [0, 1] to what a spiking network takes in: the values themselves, or spikes over T steps.
package org.ionforge.spiking.encoding;
