/// The three ways a job can end badly, each with its exit code: wrong input (2), a missing piece of the machine (3), and
/// anything else (1). Every layer may throw them; only `cli` turns them into text and an exit code.
package org.ionforge.errors;
