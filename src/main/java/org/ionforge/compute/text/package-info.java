/// Bytes of files to arrays: DEFLATE, and columns of separated text.
///
/// A bit stream and a text are read in their order, which is no work for a GPU, so these stand beside the
/// [org.ionforge.compute.Backend], not in it: native code where the library was built, plain Java where it was not.
package org.ionforge.compute.text;
