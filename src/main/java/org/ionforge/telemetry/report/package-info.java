/// The report of a run: one HTML file that opens offline, made from the vault by SQL and from what a training left in its folder.
package org.ionforge.telemetry.report;
