/// What a running job tells the world: progress, metrics, reports. Output goes to what the caller passes in.
package org.ionforge.telemetry;
