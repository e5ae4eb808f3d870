package io.crema.examples.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** The cities of GeoNames that come with this example; see its NOTICE. */
final class CityRows {

    private static final String RESOURCE = "cities.tsv.gz";
    private static final int COLUMNS = 5;

    private CityRows() {}

    /** All rows; ids count from 1. */
    static List<City> read() throws IOException {
        List<City> cities = new ArrayList<>();
        InputStream bytes = Objects.requireNonNull(CityRows.class.getResourceAsStream(RESOURCE), RESOURCE);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(bytes), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.split("\t", -1);
                if (fields.length != COLUMNS) {
                    throw new IOException(RESOURCE + ", line " + (cities.size() + 1) + ": expected " + COLUMNS
                            + " columns, found " + fields.length);
                }
                cities.add(new City(
                        cities.size() + 1,
                        fields[0],
                        fields[1],
                        fields[2],
                        Double.parseDouble(fields[3]),
                        Double.parseDouble(fields[4]),
                        0,
                        City.FIRST_VERSION));
            }
        }
        return cities;
    }
}
