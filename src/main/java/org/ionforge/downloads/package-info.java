/// What the engine fetches on first use: packages of the npm registry, pinned by hash, kept in `~/.cache/ionforge`.
package org.ionforge.downloads;
