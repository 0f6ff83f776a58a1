/// Networks in Lava's netx format (HDF5), as lava-dl writes and Loihi 2 runs them: integer weights and neurons.
package org.ionforge.export.netx;
