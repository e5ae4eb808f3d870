package io.crema.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.Partition;
import io.crema.internal.coherence.TagTable;
import io.crema.internal.engine.Flight.Leased;
import io.crema.internal.engine.Flights.Place;
import io.crema.internal.engine.ReadRequest.Purpose;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FlightsTest {

    private static final long WINDOW = 50;

    private final CoherenceRules rules = new CoherenceRules();
    private final Partition partition = new Partition(0, rules);
    private final Partition tagPartition = new Partition(1, rules);
    private final TagTable tags = new TagTable(tagPartition, rules);
    private final Flights<String, String> flights = new Flights<>(rules, WINDOW);

    private Flight<String> leased(long start) {
        return new Flight<>(rules, partition, tags, start, Leased.EVERYTHING);
    }

    private Flight<String> unleased(long start) {
        return new Flight<>(rules, partition, tags, start, Leased.NOTHING);
    }

    private Place<String> get(Flight<String> mine) {
        return flights.joinOrLead("k", Purpose.GET, mine);
    }

    @Test
    void joinOrLead_first_leads_second_joins() {
        Flight<String> first = leased(100);

        assertThat(get(first)).isEqualTo(new Place<>(first, true));
        assertThat(get(leased(10_000))).isEqualTo(new Place<>(first, false));
    }

    @Test
    void joinOrLead_otherKeyOrPurpose_leads() {
        get(leased(100));

        for (Purpose purpose : List.of(Purpose.LOOK_UP, Purpose.REFRESH)) {
            assertThat(flights.joinOrLead("k", purpose, leased(100)).leading()).isTrue();
        }
        assertThat(flights.joinOrLead("other", Purpose.GET, leased(100)).leading())
                .isTrue();
    }

    @Test
    void joinOrLead_flightOfAnOlderGeneration_isDetachedAndReplaced() {
        Flight<String> older = leased(100);
        get(older);
        partition.nextGeneration();
        Flight<String> mine = leased(100);

        assertThat(get(mine)).isEqualTo(new Place<>(mine, true));

        assertThat(older.isDetached()).isTrue();
        assertThat(get(leased(100)).flight()).isSameAs(mine);
    }

    @Test
    void joinOrLead_withoutALease_joinsOnlyWhatBeganWithinTheWindow() {
        Flight<String> older = unleased(100);
        get(older);

        assertThat(get(unleased(149)).flight()).isSameAs(older);
        Flight<String> mine = unleased(150);
        assertThat(get(mine)).isEqualTo(new Place<>(mine, true));
        assertThat(older.isDetached()).isTrue();
    }

    /** The flight may rest on tags that this instance thought it knew. */
    @Test
    void joinOrLead_withoutALease_joinsNothingThatBeganUnderOne() {
        Flight<String> older = leased(100);
        get(older);

        assertThat(get(unleased(100)).leading()).isTrue();
    }

    /** Its tags may have been invalidated by messages that did not come. */
    @Test
    void joinOrLead_withoutALeaseOfTheTags_joinsNothingThatBeganUnderOne() {
        Flight<String> older = leased(100);
        get(older);
        Flight<String> mine = new Flight<>(rules, partition, tags, 100, new Leased(true, false));

        assertThat(get(mine)).isEqualTo(new Place<>(mine, true));
    }

    @Test
    void joinOrLead_withoutALeaseOfTheTags_joinsWhatBeganSoWithinTheWindow() {
        Flight<String> older = new Flight<>(rules, partition, tags, 100, new Leased(true, false));
        get(older);

        assertThat(get(new Flight<>(rules, partition, tags, 149, new Leased(true, false)))
                        .flight())
                .isSameAs(older);
        assertThat(get(new Flight<>(rules, partition, tags, 150, new Leased(true, false)))
                        .leading())
                .isTrue();
    }

    @Test
    void joinOrLead_withoutALeaseOfTheTags_joinsWhatIsKnownToHaveNone() {
        Flight<String> older = leased(100);
        get(older);
        older.hasTags(null);

        assertThat(get(new Flight<>(rules, partition, tags, 10_000, new Leased(true, false)))
                        .flight())
                .isSameAs(older);
    }

    @Test
    void joinOrLead_aTagWasInvalidatedSinceTheFlightBegan_leads() {
        Flight<String> older = leased(100);
        get(older);
        tags.invalidated("any", 1);

        assertThat(get(leased(100)).leading()).isTrue();
    }

    @Test
    void joinOrLead_messagesOfTheTagPartitionMayBeMissing_leads() {
        get(leased(100));
        tagPartition.missed();

        assertThat(get(leased(100)).leading()).isTrue();
    }

    @Test
    void joinOrLead_flightIsKnownToHaveNoTags_joinsWhateverTagsAreInvalidated() {
        Flight<String> older = leased(100);
        get(older);
        older.hasTags(null);
        tags.invalidated("any", 1);

        assertThat(get(leased(100)).flight()).isSameAs(older);
    }

    @Test
    void joinOrLead_flightHasTags_joinsUntilOneOfThemIsInvalidated() {
        Flight<String> older = leased(100);
        get(older);
        older.hasTags(tags.ofThisInstance(List.of("a", "b")));

        tags.invalidated("other", tagPartition.tick());
        assertThat(get(leased(100)).flight()).isSameAs(older);
        tags.invalidated("b", tagPartition.tick());
        assertThat(get(leased(100)).leading()).isTrue();
    }

    @Test
    void joinOrLead_detachedOneStillInTheTable_isReplaced() {
        Flight<String> older = leased(100);
        get(older);
        older.detach();

        assertThat(get(leased(100)).leading()).isTrue();
    }

    /** The cache was attached to the remote tier meanwhile: a loss of messages of this partition says nothing of it. */
    @Test
    void joinOrLead_flightOfAnotherPartition_isDetachedAndReplaced() {
        Flight<String> older = new Flight<>(rules, new Partition(0, rules), tags, 100, Leased.EVERYTHING);
        get(older);
        Flight<String> mine = leased(100);

        assertThat(get(mine)).isEqualTo(new Place<>(mine, true));
        assertThat(older.isDetached()).isTrue();
    }

    @Test
    void replacedFlight_isKnownUntilItHasEnded() {
        Flight<String> older = leased(100);
        get(older);
        flights.invalidated("k", 7);
        Flight<String> mine = leased(100);
        get(mine);
        assertThat(all()).containsExactlyInAnyOrder(older, mine);

        flights.finish("k", Purpose.GET, older);
        assertThat(all()).containsExactly(mine);
        flights.finish("k", Purpose.GET, mine);
        assertThat(all()).isEmpty();
    }

    private List<Registered> all() {
        List<Registered> all = new ArrayList<>();
        flights.forEach(all::add);
        return all;
    }

    @ParameterizedTest
    @EnumSource(Purpose.class)
    void invalidated_everyPurpose_isDetachedAndJoinedNoMore(Purpose purpose) {
        Flight<String> older = leased(100);
        flights.joinOrLead("k", purpose, older);

        flights.invalidated("k", 7);

        assertThat(older.isDetached()).isTrue();
        Flight<String> mine = leased(100);
        assertThat(flights.joinOrLead("k", purpose, mine).leading()).isTrue();
        flights.finish("k", purpose, older);
        assertThat(flights.joinOrLead("k", purpose, leased(100)).flight())
                .as("an end of the old one does not remove the new one")
                .isSameAs(mine);
    }

    @Test
    void invalidated_writesAndReadsAlone_areToldAndStay() {
        Write write = new Write(partition, 100);
        Flight<String> latest = leased(100);
        flights.add("k", write);
        flights.add("k", latest);

        flights.invalidated("k", 7);
        flights.invalidated("k", 5);
        flights.invalidated("other", 9);

        assertThat(write.newest()).isEqualTo(7);
        assertThat(latest.isDetached()).isTrue();
        flights.invalidated("k", 8);
        assertThat(write.newest()).isEqualTo(8);
    }

    @Test
    void finishAndRemove_lastOne_leavesNothing() {
        Write write = new Write(partition, 100);
        Flight<String> latest = leased(100);
        Flight<String> joinable = leased(100);
        flights.add("k", write);
        flights.add("k", latest);
        get(joinable);
        assertThat(all()).containsExactlyInAnyOrder(write, latest, joinable);

        flights.remove("k", write);
        flights.finish("k", Purpose.GET, latest);
        flights.finish("k", Purpose.GET, joinable);
        flights.remove("k", write);

        assertThat(all()).isEmpty();
        assertThat(get(leased(100)).leading()).isTrue();
    }

    @Test
    void newFlight_notesWhereThePartitionIs() {
        partition.resynchronise(true, false, 10, 0);

        Flight<String> flight = leased(100);

        assertThat(flight.startStamp).isEqualTo(10);
        assertThat(flight.generation).isEqualTo(partition.generation());
    }
}
