package org.ionforge.cli;

final class Version {
    static final String NUMBER = "0.1.0";

    private Version() {
    }
}
