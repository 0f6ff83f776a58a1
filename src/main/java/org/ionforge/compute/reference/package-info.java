/// The definition of every operation.
package org.ionforge.compute.reference;
