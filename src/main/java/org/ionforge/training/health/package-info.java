/// Whether a training is well: what is measured of every layer and epoch, the limits, and what is to be done when a limit is crossed.
/// Pure logic over measurements: it knows no network, and whoever trains applies the actions.
package org.ionforge.training.health;
