package io.crema;

/** What a {@link CacheWriter} is told about a write, and tells about it. Used on the writer's thread until it returns. */
public interface WriteContext {

    /**
     * Grows from each write of a key to the next, whichever instances make them: a writer that remembers it in the row can
     * leave out a write that is older than the row. 0 = nobody has put the write in order, and it must not be left out:
     * without a remote tier that stores values, while that does not answer, and by {@link
     * io.crema.policy.WritePolicy#around()}.
     *
     * @throws IllegalStateException if this is the context of many keys, which have one each; see {@link #of}
     */
    long writeId();

    /**
     * How often the write, or one of the key that it stands for, has been tried by this instance, this time included; at
     * least 1.
     */
    int attempt();

    /**
     * The version that the origin gave the value, as {@link EntryOptions#originVersion(long)}; without effect where the
     * value was stored before, by {@link io.crema.policy.WritePolicy#behind()}.
     *
     * @throws IllegalStateException if this is the context of many keys
     * @throws CacheException if it is 0
     */
    WriteContext originVersion(long version);

    /**
     * The context of one of the keys that are written together.
     *
     * @throws IllegalArgumentException if the key is not among them
     */
    WriteContext of(Object key);
}
