/// The engine: arithmetic on arrays, one interface per operation, three rooms that implement it.
///
/// `reference` is plain Java with double accumulation and is the definition; `cpu` is native C++; `cuda` launches our
/// kernels through JCuda (or, in tests, through the emulator). Nothing here knows a file format, a policy or a network.
package org.ionforge.compute;
