package org.ionforge.cli;

import java.util.Comparator;
import java.util.List;

/// The known word that is closest to a mistyped one.
final class Nearest {

    private Nearest() {
    }

    /// The word of `known` (not empty) with the smallest Levenshtein distance to `word`.
    static String of(String word, List<String> known) {
        return known.stream().min(Comparator.comparingInt(k -> distance(word, k))).orElseThrow();
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substitution, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
