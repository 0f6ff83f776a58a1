/// How networks are quantised: which bits each layer gets, and how that is decided. The arithmetic is [org.ionforge.compute]'s; nothing
/// here knows a network.
package org.ionforge.quantization;
