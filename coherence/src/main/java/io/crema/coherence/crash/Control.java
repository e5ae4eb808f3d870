package io.crema.coherence.crash;

import io.crema.coherence.crash.InstanceLog.Write;
import io.crema.coherence.crash.Judge.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the judge must notice: late writes, as they would be made by a database that compares no ids. A pure function. */
final class Control {

    private Control() {}

    /**
     * Two older values, one of a row that is live and one of a row that is deleted; fewer if there is no such row. What the row
     * has was acknowledged, since a write in doubt need not be there.
     *
     * @param applied all that the rows have been
     */
    static List<Row> lateWrites(Collection<InstanceLog> logs, Collection<Row> rows, List<Row> applied) {
        Map<Integer, Long> highest = new HashMap<>();
        for (InstanceLog log : logs) {
            log.all().filter(Write::isAcknowledged).forEach(write -> highest.merge(write.key(), write.id(), Math::max));
        }
        List<Row> late = new ArrayList<>();
        for (boolean isLive : new boolean[] {true, false}) {
            Map<Integer, Long> present = new HashMap<>();
            rows.stream()
                    .filter(row -> row.value() != 0 == isLive)
                    .filter(row -> row.writeId() == highest.getOrDefault(row.key(), 0L))
                    .forEach(row -> present.put(row.key(), row.writeId()));
            applied.stream()
                    .filter(row -> row.value() != 0 && row.writeId() < present.getOrDefault(row.key(), 0L))
                    .findFirst()
                    .ifPresent(late::add);
        }
        return late;
    }
}
