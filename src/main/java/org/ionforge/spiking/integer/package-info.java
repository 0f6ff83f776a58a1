/// Networks after training: packed integer weights, the engine that runs them, and their file.
package org.ionforge.spiking.integer;
