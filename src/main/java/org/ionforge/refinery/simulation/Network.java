package org.ionforge.refinery.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The stations of a simulated network: calls, places, equipment.
///
/// Places follow [Region]; three stations in four receive, two in three transmit. Transmitters use one to three bands, one
/// receiver in four listens on all of them (a web receiver), the others on two to five. Equipment differs by a normal
/// deviation of 2 dB at the transmitter and 2.5 dB at the receiver.
record Network(List<Station> stations) {

    static final double TRANSMIT_SIGMA_DB = 2.0;
    static final double RECEIVE_SIGMA_DB = 2.5;

    private static final int ALL_BANDS = (1 << SimulatedBand.COUNT) - 1;
    /// dBm, and stations in a hundred that send with it: the shares among the 444 transmitters of three pieces of the real archive
    /// (2014 to 2026, 45,507 spots), where 200 mW and 5 W are the usual ones.
    private static final int[] POWERS = {10, 17, 20, 23, 27, 30, 33, 37, 40, 43};
    private static final double[] POWER_SHARES = {1, 1, 3, 31, 6, 14, 8, 33, 2, 1};
    private static final String[] VERSIONS = {"", "", "", "", "WD_3.0.6", "1.4A Kiwi", "2.6.1", "2.5.4", "3.0.1", "UberSDR",
        "2.7.0", "SparkSDR", "CWSL_DIGI", "1.8.0-rc2"};

    static Network of(long seed, int count) {
        RandomStream random = new RandomStream(seed);
        double[] regions = cumulative(Region.ALL.stream().mapToDouble(Region::weight).toArray());
        double[] powers = cumulative(POWER_SHARES.clone());
        Set<String> calls = new HashSet<>();
        List<Station> stations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            random.at(RandomKinds.STATION, i);
            stations.add(station(i, Region.ALL.get(random.weighted(regions)), powers, calls, random));
        }
        return new Network(List.copyOf(stations));
    }

    private static Station station(int index, Region region, double[] powers, Set<String> calls, RandomStream random) {
        String call;
        do {
            call = call(region, random);
        } while (!calls.add(call));
        String grid = Grids.locator(random.uniform(region.south(), region.north()), random.uniform(region.west(), region.east()),
                random.chance(0.08) ? 4 : 6);
        // Every third station only receives, every fourth only transmits, so that a small network has both.
        boolean receives = index % 4 != 3;
        boolean transmits = index % 3 != 2 || !receives;
        int receiveBands = !receives ? 0 : random.chance(0.25) ? ALL_BANDS : someBands(2 + random.below(4), random);
        int transmitBands = transmits ? someBands(1 + random.below(3), random) : 0;
        double activity = 0.15 + random.uniform() * random.uniform();
        return new Station(call, grid, Grids.latitude(grid), Grids.longitude(grid), POWERS[random.weighted(powers)],
                transmitBands, receiveBands, activity, TRANSMIT_SIGMA_DB * random.normal(), RECEIVE_SIGMA_DB * random.normal(),
                VERSIONS[random.below(VERSIONS.length)]);
    }

    private static String call(Region region, RandomStream random) {
        StringBuilder call = new StringBuilder(region.prefixes().get(random.below(region.prefixes().size())));
        if (!region.digits().isEmpty()) {
            call.append(region.digits().charAt(random.below(region.digits().length())));
        }
        int letters = random.chance(0.3) ? 2 : 3;
        for (int i = 0; i < letters; i++) {
            call.append((char) ('A' + random.below(26)));
        }
        return call.toString();
    }

    private static int someBands(int count, RandomStream random) {
        double[] activity = cumulative(SimulatedBand.ALL.stream().mapToDouble(SimulatedBand::activity).toArray());
        int bands = 0;
        while (Integer.bitCount(bands) < count) {
            bands |= 1 << random.weighted(activity);
        }
        return bands;
    }

    private static double[] cumulative(double[] weights) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i];
            weights[i] = sum;
        }
        return weights;
    }
}
