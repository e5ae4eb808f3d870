package io.crema.coherence;

/** What a writer does to keys that it has committed a new version of. */
enum Operation {
    INVALIDATE,
    PUT,
    EXPIRE,
    TAG,
    CLEAR
}
