/// Stage 1: from raw spot files and solar indices to bronze, silver, signatures and gold.
///
/// A run works in waves: a set of files bounded by their size is scattered into 3-hour buckets ([BucketStore]), each bucket
/// is refined on its own (duplicates, order, geometry, solar join, signatures), staged in the vault, and the whole wave is
/// committed at once ([Commit]).
package org.ionforge.refinery;
