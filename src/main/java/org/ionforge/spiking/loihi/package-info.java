/// Integer neurons and networks as Loihi and Lava's bit-accurate models run them.
package org.ionforge.spiking.loihi;
