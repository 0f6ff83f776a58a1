/// File formats of networks: what leaves the project and what comes in.
package org.ionforge.export;
