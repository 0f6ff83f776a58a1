/// Gates that a quantised network has to pass before it is used: each measured on data, each with a limit.
package org.ionforge.spiking.verification;
