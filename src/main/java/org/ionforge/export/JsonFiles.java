package org.ionforge.export;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ionforge.errors.InputException;

/// Records as JSON files. JSON has no NaN, so a figure that is none becomes null.
public final class JsonFiles {

    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT)
            .addModule(new SimpleModule().addSerializer(double.class, new FiniteOrNull()).addSerializer(Double.class, new FiniteOrNull()))
            .build();

    private JsonFiles() {
    }

    /// Writes a file, whole or not at all.
    public static void write(Path file, Object value) {
        AtomicFile.writeText(file, text(JSON.writer(), value) + "\n");
    }

    /// The same in one line, for machines that read what a command prints.
    public static String line(Object value) {
        return text(JSON.writer().without(SerializationFeature.INDENT_OUTPUT), value);
    }

    private static String text(ObjectWriter writer, Object value) {
        try {
            return writer.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of numbers and texts are always JSON", e);
        }
    }

    /// Reads what [#write] wrote.
    ///
    /// @throws InputException if the file is not there, or holds something else
    public static <T> T read(Path file, Class<T> type) {
        try {
            return JSON.readValue(Files.readAllBytes(file), type);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static final class FiniteOrNull extends JsonSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                generator.writeNumber(value);
            } else {
                generator.writeNull();
            }
        }
    }
}
