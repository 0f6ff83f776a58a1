package org.ionforge.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// ClickHouse doing the refinery's job alone, in SQL ([RefinerySql]) through the same libchdb on the same files. It needs no library that
/// the engine has not.
final class ClickHouseSql implements Peer {

    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public String name() {
        return "ClickHouse";
    }

    @Override
    public String backend() {
        return "cpu";
    }

    @Override
    public void setThreads(int threads) {
        this.threads = threads;
    }

    @Override
    public Optional<Contender> contender(Workload workload) {
        return switch (workload) {
            case RefineJob job -> Optional.of(new Sql(job, job.archives(), threads));
            default -> Optional.empty();
        };
    }

    private static final class Sql implements Contender {
        private final RefineJob job;
        private final Archives data;
        private final int threads;
        private final List<Double> rates = new ArrayList<>();

        Sql(RefineJob job, Archives data, int threads) {
            this.job = job;
            this.data = data;
            this.threads = threads;
        }

        @Override
        public void prepare() {
            job.workplace().renew();
        }

        @Override
        public void run() {
            double cpu = Workplace.cpuSeconds();
            new RefinerySql(job.workplace().vault(), threads).run(data.files(), data.solar());
            rates.add(job.days() * job.spotsPerDay() / (Workplace.cpuSeconds() - cpu));
        }

        @Override
        public double sum() {
            job.requireAll("ClickHouse's SQL", job.workplace().vault().number("SELECT count() FROM silver"));
            return job.workplace().vault().number("SELECT count() FROM signatures");
        }

        @Override
        public Map<String, Double> figures() {
            return Workplace.medians(Map.of("rowsPerCpuSecond", rates));
        }

        @Override
        public void close() {
            job.workplace().close();
        }
    }
}
