/// The command line: one class a command. The only place that prints and that turns failures into exit codes.
package org.ionforge.cli;
