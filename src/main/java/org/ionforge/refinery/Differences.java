package org.ionforge.refinery;

/// Sums of how far our distances and azimuths are from the archive's. One per worker, added up at the end.
final class Differences {

    private final Sums distance = new Sums();
    private final Sums azimuth = new Sums();

    void add(float distanceKm, float azimuthDeg) {
        distance.add(distanceKm);
        azimuth.add(azimuthDeg);
    }

    void add(Differences other) {
        distance.add(other.distance);
        azimuth.add(other.azimuth);
    }

    /// In km.
    RefineResult.Difference distance() {
        return distance.summary();
    }

    /// In degrees.
    RefineResult.Difference azimuth() {
        return azimuth.summary();
    }

    private static final class Sums {
        private long count;
        private double sum;
        private double squares;
        private double largest;

        void add(float difference) {
            count++;
            sum += difference;
            squares += (double) difference * difference;
            largest = Math.max(largest, Math.abs(difference));
        }

        void add(Sums other) {
            count += other.count;
            sum += other.sum;
            squares += other.squares;
            largest = Math.max(largest, other.largest);
        }

        RefineResult.Difference summary() {
            return new RefineResult.Difference(count, count == 0 ? 0 : sum / count,
                    count == 0 ? 0 : Math.sqrt(squares / count), largest);
        }
    }
}
