package org.ionforge.refinery;

/// The dictionaries of a run.
record Texts(TextDictionary calls, TextDictionary grids, TextDictionary versions) {
    Texts() {
        this(new TextDictionary(), new TextDictionary(), new TextDictionary());
    }
}
