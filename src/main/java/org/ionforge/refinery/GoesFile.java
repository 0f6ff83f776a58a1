package org.ionforge.refinery;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import org.ionforge.errors.InputException;

/// NOAA's GOES X-ray feed (`xrays-6-hour.json`, `xrays-7-day.json`): an array of objects with `time_tag`, `flux` in W/m² and
/// `energy` (`0.05-0.4nm` or `0.1-0.8nm`). A flux that is null or not positive is unknown.
final class GoesFile {

    private static final String SHORT = "0.05-0.4nm";
    private static final String LONG = "0.1-0.8nm";

    private GoesFile() {
    }

    static void read(Path file, SolarFiles.Receiver receiver) throws IOException {
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            expect(file, json, json.nextToken() == JsonToken.START_ARRAY);
            boolean any = false;
            for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
                expect(file, json, token == JsonToken.START_OBJECT);
                measurement(file, json, receiver);
                any = true;
            }
            expect(file, json, any);
        } catch (JacksonException e) {
            throw new InputException(file + ", line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr()
                    + ": " + e.getOriginalMessage(), e);
        }
    }

    private static void measurement(Path file, JsonParser json, SolarFiles.Receiver receiver) throws IOException {
        String time = null;
        String energy = null;
        float flux = Float.NaN;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            switch (name) {
                case "time_tag" -> time = json.getText();
                case "energy" -> energy = json.getText();
                case "flux" -> flux = value == JsonToken.VALUE_NULL ? Float.NaN : json.getFloatValue();
                default -> json.skipChildren();
            }
        }
        expect(file, json, time != null && (SHORT.equals(energy) || LONG.equals(energy)));
        long second;
        try {
            second = Instant.parse(time).getEpochSecond();
        } catch (DateTimeException e) {
            throw new InputException(where(file, json) + "'" + time + "' is no time", e);
        }
        if (flux > 0 && second >= 0) {
            boolean isShort = SHORT.equals(energy);
            receiver.accept((int) (second / BucketStore.BUCKET_SECONDS), new SolarRow(Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN,
                    isShort ? flux : Float.NaN, isShort ? Float.NaN : flux));
        }
    }

    private static void expect(Path file, JsonParser json, boolean condition) {
        if (!condition) {
            throw new InputException(where(file, json) + "wanted is NOAA's GOES X-ray feed: an array of objects with time_tag, flux and "
                    + "energy " + SHORT + " or " + LONG);
        }
    }

    private static String where(Path file, JsonParser json) {
        return file + ", line " + json.currentLocation().getLineNr() + ", column " + json.currentLocation().getColumnNr() + ": ";
    }
}
