package org.ionforge.telemetry;

/// What a job reports while it runs. Calls are cheap and may come from any thread; how they are shown is the receiver's
/// business (a bar on a terminal, plain lines elsewhere, nothing in a test).
public interface Progress extends AutoCloseable {

    /// A stage begins; the one before it has ended.
    ///
    /// @param stage what is being done, in a few words
    /// @param total amount of work in `unit`, or −1 if unknown
    /// @param unit  `rows`, `bytes`, `steps`
    void begin(String stage, long total, String unit);

    /// `amount` more of the unit is done.
    void advance(long amount);

    /// A second quantity worth a rate beside the first (rows beside bytes).
    void count(String unit, long amount);

    /// The newest value of a figure (`loss`, `accuracy`).
    void value(String name, double value);

    /// One line that stays.
    void note(String line);

    @Override
    void close();

    /// Shows nothing.
    Progress SILENT = new Progress() {
        @Override
        public void begin(String stage, long total, String unit) {
        }

        @Override
        public void advance(long amount) {
        }

        @Override
        public void count(String unit, long amount) {
        }

        @Override
        public void value(String name, double value) {
        }

        @Override
        public void note(String line) {
        }

        @Override
        public void close() {
        }
    };
}
