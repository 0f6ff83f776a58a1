/// The container of quantised networks, `.ionq`; docs/ionq.md has it byte by byte.
package org.ionforge.export.ionq;
