package org.ionforge.refinery.simulation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;

/// Writes X-ray fluxes as NOAA's `xrays-6-hour.json` has them, every ten minutes. They plant nothing: [Propagation] has no flares.
final class GoesFile {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'");
    private static final int MINUTES = 10;

    private GoesFile() {
    }

    /// The background grows with the solar flux; one reading in two hundred is the peak of a flare, up to X class.
    static void write(Path file, List<SolarWeather.Day> days, long seed) throws IOException {
        RandomStream random = new RandomStream(seed);
        try (JsonGenerator json = new JsonFactory().createGenerator(Files.newOutputStream(file))) {
            json.writeStartArray();
            for (SolarWeather.Day day : days) {
                LocalDateTime time = day.date().atStartOfDay();
                for (int reading = 0; reading < 24 * 60 / MINUTES; reading++) {
                    random.at(RandomKinds.XRAY, day.date().toEpochDay() * 1440 + reading);
                    double flux = 1e-8 * Math.pow(day.sfi() / 65, 3.5) * Math.exp(0.4 * random.normal());
                    if (random.chance(0.005)) {
                        flux *= Math.pow(10, 1 + 1.5 * random.uniform());
                    }
                    reading(json, time.plusMinutes((long) reading * MINUTES), flux / 12, "0.05-0.4nm");
                    reading(json, time.plusMinutes((long) reading * MINUTES), flux, "0.1-0.8nm");
                }
            }
            json.writeEndArray();
        }
    }

    private static void reading(JsonGenerator json, LocalDateTime time, double flux, String energy) throws IOException {
        json.writeStartObject();
        json.writeStringField("time_tag", TIME.format(time));
        json.writeNumberField("satellite", 16);
        json.writeNumberField("flux", flux);
        json.writeStringField("energy", energy);
        json.writeEndObject();
    }
}
