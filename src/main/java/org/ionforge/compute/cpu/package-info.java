/// Operations in native C++, through bindings/.
package org.ionforge.compute.cpu;
