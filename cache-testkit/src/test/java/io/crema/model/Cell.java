package io.crema.model;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a model's state. All fields of a subclass belong to the state, found by reflection so that none is forgotten when states are
 * compared; {@code transient} ones (the model's configuration) do not. Fields hold numbers, immutable values, cells or arrays of cells.
 */
abstract class Cell implements Cloneable {
    private static final ClassValue<Field[]> FIELDS = new ClassValue<>() {
        @Override
        protected Field[] computeValue(Class<?> type) {
            List<Field> fields = new ArrayList<>();
            for (Class<?> c = type; c != Cell.class; c = c.getSuperclass()) {
                for (Field field : c.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
                        field.setAccessible(true);
                        fields.add(field);
                    }
                }
            }
            return fields.toArray(new Field[0]);
        }
    };

    /** Adds everything that tells this cell from another one of its class. */
    final void describe(List<@Nullable Object> into) {
        try {
            for (Field field : FIELDS.get(getClass())) {
                Object value = field.get(this);
                if (value instanceof Cell cell) {
                    cell.describe(into);
                } else if (value instanceof Twin[] twins) {
                    describeInAnyOrder(twins, into);
                } else if (value instanceof Cell[] cells) {
                    for (Cell cell : cells) {
                        cell.describe(into);
                    }
                } else {
                    into.add(value);
                }
            }
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    /** States that differ only by which of the twins is which count as one. Equal hashes cost a merge, never a state. */
    private static void describeInAnyOrder(Twin[] twins, List<@Nullable Object> into) {
        List<List<@Nullable Object>> all = new ArrayList<>();
        for (Twin twin : twins) {
            List<@Nullable Object> one = new ArrayList<>();
            twin.describe(one);
            all.add(one);
        }
        all.sort(Comparator.comparingInt(List::hashCode));
        all.forEach(into::addAll);
    }

    /** A copy that shares no mutable part with this one. */
    @Override
    protected final Cell clone() {
        try {
            Cell copy = (Cell) super.clone();
            for (Field field : FIELDS.get(getClass())) {
                Object value = field.get(this);
                if (value instanceof Cell cell) {
                    field.set(copy, cell.clone());
                } else if (value instanceof Cell[] cells) {
                    Cell[] copies = cells.clone();
                    for (int i = 0; i < copies.length; i++) {
                        copies[i] = copies[i].clone();
                    }
                    field.set(copy, copies);
                }
            }
            return copy;
        } catch (CloneNotSupportedException | IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
