/// Training of spiking networks: samples on a backend, steps and epochs, phases from floats to integers.
package org.ionforge.spiking.training;
