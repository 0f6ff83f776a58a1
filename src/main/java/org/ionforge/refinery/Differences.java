package org.ionforge.refinery;

/// Sums of how far our distances and azimuths are from the archive's. One per worker, added up at the end.
final class Differences {

    private final Sums distance = new Sums();
    private final Sums azimuth = new Sums();

    /// Works out, for spots of which we have measured distances (km) and azimuths (degrees), ours − the archive's: the errors'
    /// arrays receive them, an azimuth's in (−180, 180].
    void add(OrderedSpots spots, float[] km, float[] degrees, float[] distanceErrors, float[] azimuthErrors) {
        for (int i = 0; i < spots.count; i++) {
            distanceErrors[i] = km[i] - spots.distance[i];
            float turned = degrees[i] - spots.azimuth[i];
            azimuthErrors[i] = turned > 180 ? turned - 360 : turned <= -180 ? turned + 360 : turned;
        }
        distance.add(distanceErrors, spots.count);
        azimuth.add(azimuthErrors, spots.count);
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
        private float largest;

        void add(float[] differences, int n) {
            double moreSum = 0;
            double moreSquares = 0;
            float most = 0;
            for (int i = 0; i < n; i++) {
                float difference = differences[i];
                moreSum += difference;
                moreSquares += (double) difference * difference;
                most = Math.max(most, Math.abs(difference));
            }
            count += n;
            sum += moreSum;
            squares += moreSquares;
            largest = Math.max(largest, most);
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
