package org.ionforge.refinery.simulation;

import java.util.List;
import java.util.stream.IntStream;

/// Every path from a transmitter to a receiver of the network, packed for [Propagation#meanSnr].
final class PathTable {

    final List<Station> transmitters;
    final List<Station> receivers;
    /// `[transmitters][receivers][Propagation.STRIDE]`.
    final float[] circuits;
    /// Kilometres and degrees as the archive has them: rounded.
    final short[] kilometres;
    final short[] azimuths;

    PathTable(Network network) {
        transmitters = network.stations().stream().filter(Station::transmits).toList();
        receivers = network.stations().stream().filter(Station::receives).toList();
        int paths = transmitters.size() * receivers.size();
        circuits = new float[paths * Propagation.STRIDE];
        kilometres = new short[paths];
        azimuths = new short[paths];
        IntStream.range(0, transmitters.size()).parallel().forEach(this::fill);
    }

    int path(int transmitter, int receiver) {
        return transmitter * receivers.size() + receiver;
    }

    private void fill(int transmitter) {
        Station from = transmitters.get(transmitter);
        for (int r = 0; r < receivers.size(); r++) {
            Station to = receivers.get(r);
            Circuit circuit = new Circuit(from.latitude(), from.longitude(), to.latitude(), to.longitude());
            int path = path(transmitter, r);
            Propagation.pack(circuit, circuits, path * Propagation.STRIDE);
            kilometres[path] = (short) Math.round(circuit.distanceKm);
            azimuths[path] = (short) (Math.round(circuit.azimuthDeg) % 360);
        }
    }
}
