package io.crema;

import java.util.List;

/** A configuration that cannot work; names all of its faults at once. */
public class CacheConfigException extends CacheException {

    private static final long serialVersionUID = 1L;

    /** The faults as a list that is serializable and cannot be changed. */
    @SuppressWarnings("serial")
    private final List<String> faults;

    public CacheConfigException(String subject, List<String> faults) {
        super(subject + " is not configured correctly: " + String.join("; ", faults));
        this.faults = List.copyOf(faults);
    }

    /** Each fault, and what to do about it. */
    public List<String> faults() {
        return faults;
    }
}
