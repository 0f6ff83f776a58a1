/// Matrix products by NVIDIA's own libraries: peers in benchmarks, and providers of products where they are faster than our kernels.
package org.ionforge.compute.cuda.vendor;
