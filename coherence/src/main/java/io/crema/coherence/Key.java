package io.crema.coherence;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One of the keys that all instances read and write. What is done to it follows from its number: of ten, one carries a
 * tag, one has values with origin versions, the others have neither.
 */
public record Key(int number) {

    private static final int TAGS = 50;

    public enum Kind {
        PLAIN,
        TAGGED,
        VERSIONED
    }

    public Kind kind() {
        return switch (number % 10) {
            case 3 -> Kind.TAGGED;
            case 7 -> Kind.VERSIONED;
            default -> Kind.PLAIN;
        };
    }

    /** The one of that kind among the ten that this key is one of: nearly as popular. */
    public Key ofKind(Kind wanted) {
        if (kind() == wanted) {
            return this;
        }
        int ten = number - number % 10;
        return switch (wanted) {
            case TAGGED -> new Key(ten + 3);
            case VERSIONED -> new Key(ten + 7);
            case PLAIN -> new Key(ten);
        };
    }

    /** The tag of a key that is {@link Kind#TAGGED}. */
    public String tag() {
        return "tag-" + number / 10 % TAGS;
    }

    /** The keys with the same tag. */
    public List<Key> sameTag(int keys) {
        int first = number / 10 % TAGS * 10 + 3;
        return IntStream.iterate(first, next -> next < keys, next -> next + 10 * TAGS)
                .mapToObj(Key::new)
                .toList();
    }

    /** As caches see it. */
    public String name() {
        return "k" + number;
    }
}
