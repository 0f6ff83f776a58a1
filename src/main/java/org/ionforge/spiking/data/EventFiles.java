package org.ionforge.spiking.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ionforge.errors.InputException;

/// N-MNIST recordings (Orchard et al. 2015): five bytes an event, x, y, then one bit of polarity and 23 bits of microseconds, big
/// endian; an event at y = 240 carries no pixel but says that the clock went on by 2¹³ µs. A list names the samples:
/// `NUMBER CLASS` a line, `#` begins a comment; the file of a sample is `NUMBER.bs2` or `NUMBER.bin`.
public final class EventFiles {

    private static final int BYTES = 5;
    private static final int OVERFLOW_ROW = 240;
    private static final int OVERFLOW = 1 << 13;
    private static final int SIDE = 34;
    private static final int POLARITIES = 2;
    private static final int CLASSES = 10;
    private static final Pattern LINE = Pattern.compile("\\s*(\\d+)[\\s,]+(\\d+)\\s*");

    private final List<int[]> addresses = new ArrayList<>();
    private final List<int[]> times = new ArrayList<>();
    private int events;

    private EventFiles() {
    }

    /// @param folder with the recordings
    /// @param list   names them
    /// @throws InputException with file and line of the list, or file and byte offset of a recording
    public static EventSamples read(Path folder, Path list) {
        List<String> lines = lines(list);
        EventFiles files = new EventFiles();
        byte[] labels = new byte[lines.size()];
        int n = 0;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches() || matcher.group(2).length() > 2 || Integer.parseInt(matcher.group(2)) >= CLASSES) {
                throw new InputException(list + ", line " + (i + 1) + ": '" + line + "' is not a sample number and a class from 0 to " + (CLASSES - 1));
            }
            labels[n++] = Byte.parseByte(matcher.group(2));
            files.add(recording(folder, matcher.group(1), list, i + 1));
        }
        if (n == 0) {
            throw new InputException(list + " names no sample");
        }
        return files.samples(list.getFileName().toString(), Arrays.copyOf(labels, n));
    }

    private static List<String> lines(Path list) {
        try {
            return Files.readAllLines(list);
        } catch (IOException e) {
            throw InputException.unreadable(list, e);
        }
    }

    private static Path recording(Path folder, String number, Path list, int line) {
        for (String ending : List.of(".bs2", ".bin")) {
            Path file = folder.resolve(number + ending);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new InputException(list + ", line " + line + ": sample " + number + " has no file " + number + ".bs2 or .bin in " + folder);
    }

    private void add(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw InputException.unreadable(file, e);
        }
        if (bytes.length % BYTES != 0) {
            throw new InputException(file + ": cut short at byte offset " + bytes.length + ": an event takes " + BYTES + " bytes, "
                    + bytes.length % BYTES + " are left");
        }
        int[] address = new int[bytes.length / BYTES];
        int[] time = new int[address.length];
        int n = 0;
        int passed = 0;
        int last = 0;
        for (int at = 0; at < bytes.length; at += BYTES) {
            int x = bytes[at] & 0xFF;
            int y = bytes[at + 1] & 0xFF;
            if (y == OVERFLOW_ROW) {
                passed += OVERFLOW;
                continue;
            }
            int now = passed + ((bytes[at + 2] & 0x7F) << 16 | (bytes[at + 3] & 0xFF) << 8 | bytes[at + 4] & 0xFF);
            if (x >= SIDE || y >= SIDE) {
                throw new InputException(file + ": byte offset " + at + ": pixel (" + x + ", " + y + ") lies outside " + SIDE + "×" + SIDE);
            }
            if (now < last) {
                throw new InputException(file + ": byte offset " + (at + 2) + ": time goes back from " + last + " to " + now + " µs");
            }
            last = now;
            address[n] = ((bytes[at + 2] & 0x80) >>> 7) * SIDE * SIDE + y * SIDE + x;
            time[n++] = now;
        }
        addresses.add(Arrays.copyOf(address, n));
        times.add(Arrays.copyOf(time, n));
        events = Math.addExact(events, n);
    }

    private EventSamples samples(String name, byte[] labels) {
        int[] starts = new int[labels.length + 1];
        int[] address = new int[events];
        int[] time = new int[events];
        for (int i = 0; i < labels.length; i++) {
            int[] each = addresses.get(i);
            System.arraycopy(each, 0, address, starts[i], each.length);
            System.arraycopy(times.get(i), 0, time, starts[i], each.length);
            starts[i + 1] = starts[i] + each.length;
        }
        return new EventSamples(name, starts, address, time, labels, CLASSES, POLARITIES, SIDE, SIDE);
    }
}
