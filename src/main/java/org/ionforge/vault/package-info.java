/// Stage 2: ClickHouse, inside the process (libchdb) or over the network, with one face and the same SQL.
package org.ionforge.vault;
