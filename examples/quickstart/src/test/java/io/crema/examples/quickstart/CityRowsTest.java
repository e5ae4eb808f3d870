package io.crema.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CityRowsTest {

    @Test
    void read_resource_isTenThousandPlausibleCities() throws IOException {
        List<City> cities = CityRows.read();

        assertThat(cities).hasSizeGreaterThanOrEqualTo(10_000);
        for (int i = 0; i < cities.size(); i++) {
            City city = cities.get(i);
            assertThat(city.id()).isEqualTo(i + 1);
            assertThat(city.name()).isNotBlank();
            assertThat(city.country()).hasSize(2);
            assertThat(city.latitude()).isBetween(-90.0, 90.0);
            assertThat(city.longitude()).isBetween(-180.0, 180.0);
            assertThat(city.version()).isEqualTo(City.FIRST_VERSION);
        }
        assertThat(cities).extracting(City::country).contains("DE", "JP", "BR");
    }
}
