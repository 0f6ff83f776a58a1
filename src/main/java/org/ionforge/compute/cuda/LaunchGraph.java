package org.ionforge.compute.cuda;

/// Work on a [Device] that was recorded once, to be done again and again at the cost of one launch. Buffers that take part
/// must stay open.
public interface LaunchGraph extends AutoCloseable {

    /// Does the recorded work once, after all work before it.
    void replay();

    @Override
    void close();
}
