package org.ionforge.vault;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// ClickHouse refused or failed a statement; the message has its error code and text and the start of the statement.
public final class VaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Pattern CODE = Pattern.compile("Code: (\\d+)");
    private static final int SHOWN = 300;

    private final int code;

    public VaultException(String message) {
        super(message);
        this.code = codeIn(message);
    }

    public VaultException(String message, Throwable cause) {
        super(message, cause);
        this.code = codeIn(message);
    }

    /// What the engine said about that statement.
    static VaultException of(String said, String statement) {
        return new VaultException(withStatement(said, statement));
    }

    static VaultException of(String said, String statement, Throwable cause) {
        return new VaultException(withStatement(said, statement), cause);
    }

    private static String withStatement(String said, String statement) {
        String shown = statement.strip();
        return said.strip() + "\n  in: " + (shown.length() <= SHOWN ? shown : shown.substring(0, SHOWN) + "…");
    }

    private static int codeIn(String message) {
        Matcher matcher = CODE.matcher(message);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    /// ClickHouse's error code (`SELECT * FROM system.errors`), 0 if the failure has none.
    public int code() {
        return code;
    }
}
