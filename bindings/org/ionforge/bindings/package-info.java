/// Panama (FFM) bindings in the shape jextract writes: one class a header, one static method a function with the C prototype
/// in its Javadoc. No policy, nothing but the border.
package org.ionforge.bindings;
