/// Labelled samples for spiking networks: images (IDX), event recordings (N-MNIST), tables (CSV). Loaders check what they read
/// and name the file and the byte, line or column where it goes wrong.
package org.ionforge.spiking.data;
