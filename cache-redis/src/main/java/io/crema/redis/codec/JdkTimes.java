package io.crema.redis.codec;

import static io.crema.redis.codec.JdkScalars.add;
import static io.crema.redis.codec.JdkScalars.addText;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/** The values of java.time. */
final class JdkTimes {

    private JdkTimes() {}

    static void addTo(JdkClasses jdk) {
        add(jdk, 24, Instant.class, JdkTimes::writeInstant, JdkTimes::readInstant);
        add(jdk, 25, LocalDate.class, JdkTimes::writeDate, JdkTimes::readDate);
        add(jdk, 26, LocalTime.class, JdkTimes::writeTime, JdkTimes::readTime);
        add(jdk, 27, LocalDateTime.class, JdkTimes::writeDateTime, JdkTimes::readDateTime);
        add(jdk, 28, ZonedDateTime.class, JdkTimes::writeZoned, JdkTimes::readZoned);
        add(jdk, 29, OffsetDateTime.class, JdkTimes::writeOffsetDateTime, JdkTimes::readOffsetDateTime);
        add(jdk, 30, OffsetTime.class, JdkTimes::writeOffsetTime, JdkTimes::readOffsetTime);
        add(jdk, 31, Duration.class, JdkTimes::writeDuration, JdkTimes::readDuration);
        add(jdk, 32, Period.class, JdkTimes::writePeriod, JdkTimes::readPeriod);
        add(jdk, 33, ZoneOffset.class, JdkTimes::writeOffset, JdkTimes::readOffset);
        jdk.add(
                34,
                new ScalarSerializer<ZoneId>(
                        (out, zone) -> out.writeText(zone.getId()), in -> ZoneId.of(in.readText())),
                ZoneId.class,
                ZoneId.of("UTC").getClass());
        add(jdk, 35, Year.class, (out, v) -> out.writeVarInt(v.getValue(), false), in -> Year.of(in.readVarInt(false)));
        add(jdk, 36, YearMonth.class, JdkTimes::writeYearMonth, JdkTimes::readYearMonth);
        add(jdk, 37, MonthDay.class, JdkTimes::writeMonthDay, JdkTimes::readMonthDay);
        add(jdk, 38, DayOfWeek.class, (out, v) -> out.writeByte(v.getValue()), in -> DayOfWeek.of(in.readByte()));
        add(jdk, 39, Month.class, (out, v) -> out.writeByte(v.getValue()), in -> Month.of(in.readByte()));
        addText(jdk, 74, ChronoUnit.class, ChronoUnit::name, ChronoUnit::valueOf);
    }

    private static void writeInstant(PayloadOutput out, Instant instant) {
        out.writeVarLong(instant.getEpochSecond(), false);
        out.writeVarInt(instant.getNano(), true);
    }

    private static Instant readInstant(PayloadInput in) {
        return Instant.ofEpochSecond(in.readVarLong(false), in.readVarInt(true));
    }

    private static void writeDate(PayloadOutput out, LocalDate date) {
        out.writeVarLong(date.toEpochDay(), false);
    }

    private static LocalDate readDate(PayloadInput in) {
        return LocalDate.ofEpochDay(in.readVarLong(false));
    }

    @SuppressWarnings("JavaLocalTimeGetNano") // the seconds are written before
    private static void writeTime(PayloadOutput out, LocalTime time) {
        out.writeVarInt(time.toSecondOfDay(), true);
        out.writeVarInt(time.getNano(), true);
    }

    private static LocalTime readTime(PayloadInput in) {
        return LocalTime.ofSecondOfDay(in.readVarInt(true)).withNano(in.readVarInt(true));
    }

    private static void writeDateTime(PayloadOutput out, LocalDateTime dateTime) {
        writeDate(out, dateTime.toLocalDate());
        writeTime(out, dateTime.toLocalTime());
    }

    private static LocalDateTime readDateTime(PayloadInput in) {
        return LocalDateTime.of(readDate(in), readTime(in));
    }

    /** With the offset, which tells the two readings of an hour that a change of the clocks repeats. */
    private static void writeZoned(PayloadOutput out, ZonedDateTime zoned) {
        writeDateTime(out, zoned.toLocalDateTime());
        writeOffset(out, zoned.getOffset());
        out.writeText(zoned.getZone().getId());
    }

    private static ZonedDateTime readZoned(PayloadInput in) {
        return ZonedDateTime.ofInstant(readDateTime(in), readOffset(in), ZoneId.of(in.readText()));
    }

    private static void writeOffsetDateTime(PayloadOutput out, OffsetDateTime dateTime) {
        writeDateTime(out, dateTime.toLocalDateTime());
        writeOffset(out, dateTime.getOffset());
    }

    private static OffsetDateTime readOffsetDateTime(PayloadInput in) {
        return OffsetDateTime.of(readDateTime(in), readOffset(in));
    }

    private static void writeOffsetTime(PayloadOutput out, OffsetTime time) {
        writeTime(out, time.toLocalTime());
        writeOffset(out, time.getOffset());
    }

    private static OffsetTime readOffsetTime(PayloadInput in) {
        return OffsetTime.of(readTime(in), readOffset(in));
    }

    private static void writeOffset(PayloadOutput out, ZoneOffset offset) {
        out.writeVarInt(offset.getTotalSeconds(), false);
    }

    private static ZoneOffset readOffset(PayloadInput in) {
        return ZoneOffset.ofTotalSeconds(in.readVarInt(false));
    }

    private static void writeDuration(PayloadOutput out, Duration duration) {
        out.writeVarLong(duration.getSeconds(), false);
        out.writeVarInt(duration.getNano(), true);
    }

    private static Duration readDuration(PayloadInput in) {
        return Duration.ofSeconds(in.readVarLong(false), in.readVarInt(true));
    }

    private static void writePeriod(PayloadOutput out, Period period) {
        out.writeVarInt(period.getYears(), false);
        out.writeVarInt(period.getMonths(), false);
        out.writeVarInt(period.getDays(), false);
    }

    private static Period readPeriod(PayloadInput in) {
        return Period.of(in.readVarInt(false), in.readVarInt(false), in.readVarInt(false));
    }

    private static void writeYearMonth(PayloadOutput out, YearMonth month) {
        out.writeVarInt(month.getYear(), false);
        out.writeByte(month.getMonthValue());
    }

    private static YearMonth readYearMonth(PayloadInput in) {
        return YearMonth.of(in.readVarInt(false), in.readByte());
    }

    private static void writeMonthDay(PayloadOutput out, MonthDay day) {
        out.writeByte(day.getMonthValue());
        out.writeByte(day.getDayOfMonth());
    }

    private static MonthDay readMonthDay(PayloadInput in) {
        return MonthDay.of(in.readByte(), in.readByte());
    }
}
