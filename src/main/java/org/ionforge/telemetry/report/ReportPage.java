package org.ionforge.telemetry.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// A kind of report as one HTML file that needs no network: style, Apache ECharts, the script that draws, and the figures as JSON.
/// Whatever came from outside reaches the page only as JSON without `<` and is shown as text, never as markup; a content security
/// policy forbids the page to load anything.
enum ReportPage {
    /// Radio spots, with the outlines of the countries from Natural Earth.
    SPOTS("report.js", "world.json"),
    /// The training of a spiking network.
    SPIKING("spiking.js", null);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String script;
    private final String map;

    ReportPage(String script, String map) {
        this.script = script;
        this.map = map;
    }

    /// The page with everything inside.
    String with(ObjectNode data) throws JsonProcessingException {
        return resource("report.html")
                .replace("/*STYLE*/", resource("report.css"))
                .replace("/*ECHARTS*/", resource("echarts.min.js"))
                .replace("/*PAGE*/", resource("page.js") + resource(script))
                .replace("\"COUNTRIES\"", map == null ? "null" : inScript(resource(map)))
                .replace("\"FIGURES\"", inScript(JSON.writeValueAsString(data)));
    }

    /// JSON that may stand between script tags: without the characters that could end them.
    static String inScript(String json) {
        return json.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
    }

    private static String resource(String name) {
        try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + name + ", which the build puts beside " + ReportPage.class.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
